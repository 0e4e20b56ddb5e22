package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.refusal.GatewayRefusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CallStagesTest {
    @Test
    void without_an_identity_nobody_gets_through() {
        try (TestPlane closed = new TestPlane(CallPipeline.closed(), List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            closed.to(upstream);

            Answer answer = closed.get("/");

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body())
                    .isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Missing Authorization header\"}");
            FiveHeaders.assertIn(answer);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void stages_run_in_order_may_wait_and_hear_the_end() throws Exception {
        StringBuffer order = new StringBuffer();
        CompletableFuture<StageResult> later = new CompletableFuture<>();
        AtomicReference<Object> outcome = new AtomicReference<>();
        CallPipeline pipeline = CallPipeline.closed()
                .withIdentity(call -> {
                    order.append("identity ");
                    return new StageResult.Later(later);
                })
                .withQuota(call -> {
                    order.append("quota ");
                    return StageResult.PASS;
                })
                .withPermission(call -> {
                    order.append("permission ");
                    return call.head().method().equals("PUT")
                            ? new StageResult.Refuse(new GatewayRefusal.Forbidden("no", "No.", null))
                            : StageResult.PASS;
                })
                .withPolicies(call -> {
                    order.append("policies ");
                    return StageResult.PASS;
                })
                .withEvidence(RequestStage.PASS)
                .withEndListeners(List.of(call -> outcome.set(call.outcome())));
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange ->
                        exchange.send(ScriptedUpstream.ok(exchange.request().body())));
                WireClient client = new WireClient(own.port)) {
            own.to(upstream);
            client.send(TestPlane.request("POST", "/", "Content-Length: 4") + "body" + TestPlane.request("PUT", "/"));
            Awaitility.await().until(() -> order.toString().startsWith("identity"));
            later.complete(StageResult.PASS);

            assertThat(client.answer().body()).isEqualTo("body");
            assertThat(client.answer().status()).isEqualTo(403);
            assertThat(order.toString()).isEqualTo("identity quota permission policies identity quota permission ");
            Awaitility.await().until(() -> String.valueOf(outcome.get()).contains("status=403"));
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void a_stage_that_fails_is_500_and_reaches_no_backend() {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            throw new IllegalStateException("planted");
        });
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            own.to(upstream);

            assertThat(own.get("/").status()).isEqualTo(500);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void a_header_that_a_stage_edits_has_one_spelling() {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            call.addBackendField("X-Plan", "free");
            call.addBackendField("X-Debug", "");
            return StageResult.PASS;
        });
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.of(exchange ->
                        exchange.send(ScriptedUpstream.ok(exchange.request().body())))) {
            own.to(upstream);

            own.get("/", "X.Plan: a", "X~Plan: b", "x_plan: c", "X-PLAN: d", "X.Debug: 1", "X-Planet: e");
            ScriptedUpstream.Request request = upstream.requests().getFirst();
            assertThat(request.head())
                    .filteredOn(line -> line.matches("(?i)x.(plan|debug)\\b.*"))
                    .containsExactly("X-Plan: free");
            assertThat(request.values("X-Planet")).containsExactly("e");
            String chunked = TestPlane.request("POST", "/", "Transfer-Encoding: chunked");
            assertThat(WireClient.exchange(own.port, chunked + "1\r\nz\r\n0\r\nX.Plan: a\r\nX-Sum: 7\r\n\r\n")
                            .body())
                    .isEqualTo("z[X-Sum: 7]");
        }
    }
}
