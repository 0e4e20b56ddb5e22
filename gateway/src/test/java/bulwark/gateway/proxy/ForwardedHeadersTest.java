package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.proxy.ScriptedUpstream.Request;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute.Balancing;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ForwardedHeadersTest {
    private final TestPlane plane = new TestPlane();

    @AfterEach
    void close() {
        plane.close();
    }

    @DisplayName("P14: reserved names never come from a client in any spelling")
    @Test
    void reserved_names_never_come_from_a_client_in_any_spelling() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);

            plane.get(
                    "/",
                    "X-User-Id: evil",
                    "x_user_id: evil",
                    "X.User.Roles: evil",
                    "X-Tenant-ID: evil",
                    "X_Tenant_ID: evil",
                    "X-SSL-Client-Cert: evil",
                    "X-Authenticated-Userid: evil",
                    "X-Forwarded-For: 6.6.6.6",
                    "X_Forwarded-Proto: evil",
                    "Forwarded: for=evil",
                    "Authorization: Bearer evil",
                    "X-API-Key: evil",
                    "x_api_key: evil",
                    "Proxy: evil",
                    "TE: evil",
                    "Keep-Alive: evil");

            assertThat(upstream.requests().getFirst().head())
                    .noneMatch(line -> line.contains("evil") || line.contains("6.6.6.6"));
        }
    }

    @Test
    void credentials_reach_the_backend_only_where_the_route_says_so() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.routes(TestPlane.route(
                    "r", "/", upstream.url(), Set.of(), true, List.of(), Balancing.RANDOM, true, TestPlane.TIMEOUTS));

            plane.get("/", "Authorization: Bearer mine", "X-API-Key: key");

            assertThat(upstream.requests().getFirst().values("Authorization")).containsExactly("Bearer mine");
            assertThat(upstream.requests().getFirst().values("X-API-Key")).containsExactly("key");
        }
    }

    @DisplayName("P11: what a client names in connection removes its own lines and never ours")
    @Test
    void what_a_client_names_in_connection_removes_its_own_lines_and_never_ours() {
        CallPipeline pipeline = CallPipeline.closed().withIdentity(call -> {
            call.addBackendField("X-User-ID", "u1");
            call.addAnswerField("X-RateLimit-Limit", "60");
            return StageResult.PASS;
        });
        try (TestPlane own = new TestPlane(pipeline, List.of("127.0.0.0/8"));
                ScriptedUpstream upstream = ScriptedUpstream.saying(
                        "HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 5\r\nContent-Length: 0\r\n\r\n")) {
            own.to(upstream);

            Answer answer = own.get(
                    "/", "Connection: X-Secret, X-User-ID, Via, X_Other", "X-Secret: s", "X-Other: o", "X-Kept: k");

            Request request = upstream.requests().getFirst();
            assertThat(request.has("X-Secret")).isFalse();
            assertThat(request.has("X-Other")).isFalse();
            assertThat(request.values("X-Kept")).containsExactly("k");
            assertThat(request.values("X-User-ID")).containsExactly("u1");
            assertThat(request.values("Via")).containsExactly("1.1 stoa");
            assertThat(answer.values("X-RateLimit-Limit")).containsExactly("60");
        }
    }

    @DisplayName("H4: a backend does not set the five headers and does not name its software")
    @Test
    void a_backend_does_not_set_the_five_headers_and_does_not_name_its_software() {
        String answer =
                "HTTP/1.1 200 OK\r\nX-Frame-Options: ALLOWALL\r\nx_frame_options: ALLOWALL\r\nServer: x/1.2\r\nX-Powered-By: y\r\n"
                        + "Connection: X-Hop\r\nX-Hop: h\r\nKeep-Alive: timeout=5\r\nX-Mine: m\r\nContent-Length: 1\r\n\r\nx";
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(answer)) {
            plane.to(upstream);

            Answer got = plane.get("/");

            FiveHeaders.assertIn(got);
            assertThat(got.values("X-Mine")).containsExactly("m");
            assertThat(got.has("X-Hop")).isFalse();
            assertThat(got.has("Keep-Alive")).isFalse();
            assertThat(got.has("x_frame_options")).isFalse();
        }
    }

    @DisplayName("P13: a traceparent is continued with a span of our own")
    @Test
    void a_traceparent_is_continued_with_a_span_of_our_own() {
        try (ScriptedUpstream upstream = ScriptedUpstream.saying(ScriptedUpstream.ok("x"))) {
            plane.to(upstream);
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

            plane.get("/", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01", "tracestate: a=b");
            plane.get("/", "traceparent: 00-" + trace + "-00f067aa0ba902b7-zz", "tracestate: a=b");

            Request continued = upstream.requests().getFirst();
            assertThat(continued.values("traceparent").getFirst())
                    .startsWith("00-" + trace + "-")
                    .doesNotContain("00f067aa0ba902b7");
            assertThat(continued.values("tracestate")).containsExactly("a=b");
            Request begun = upstream.requests().getLast();
            assertThat(begun.values("traceparent").getFirst())
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
                    .doesNotContain(trace);
            assertThat(begun.has("tracestate")).isFalse();
        }
    }
}
