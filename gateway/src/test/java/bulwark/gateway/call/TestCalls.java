package bulwark.gateway.call;

import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls as the listener makes them, and their way through a pipeline. */
public final class TestCalls {
    private static final AtomicLong IDS = new AtomicLong();

    private TestCalls() {}

    /** @param fields lines of the head, each with its CR LF */
    public static GatewayCall call(String method, String target, String address, String... fields) {
        byte[] head = (method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + String.join("", fields) + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        HeadReader reader = new HeadReader(HeadLimits.STANDARD);
        if (reader.readRequest(head, head.length) != HeadReader.Result.COMPLETE) {
            throw new IllegalArgumentException(reader.fault());
        }
        CallPeer peer = new CallPeer(new InetSocketAddress(address, 1234), false, List.of());
        return new GatewayCall(
                reader.request(), peer, new TraceContext(7, IDS.incrementAndGet(), 9, true, false), System.nanoTime());
    }

    public static GatewayCall get(String target) {
        return call("GET", target, "192.0.2.7");
    }

    /** A token's principal. */
    public static Principal token(String subject, String tenant, @Nullable String subAccount) {
        Authentication how = new Authentication(
                Authentication.Method.TOKEN, Set.of(), null, Instant.MAX, Confirmation.NONE, subAccount);
        return new Principal(subject, tenant, Set.of(), "jti-1", Set.of(), how);
    }

    public static RequestStage identity(@Nullable Principal principal) {
        return call -> {
            if (principal != null) {
                call.principal(principal);
            }
            return StageResult.PASS;
        };
    }

    /** Runs the stages and ends the call; null when it passed. The backend answers 200. */
    public static @Nullable GatewayRefusal run(CallPipeline pipeline, GatewayCall call) {
        CompletableFuture<@Nullable GatewayRefusal> result = new CompletableFuture<>();
        StageRunner.run(pipeline, call, Runnable::run, new StageRunner.Continuation() {
            @Override
            public void passed(GatewayCall passed) {
                end(passed, null, 200);
            }

            @Override
            public void refused(GatewayCall refused, GatewayRefusal refusal) {
                end(
                        refused,
                        refusal,
                        bulwark.gateway.refusal.GatewayWireErrors.of(refusal).status());
            }

            private void end(GatewayCall ended, @Nullable GatewayRefusal refusal, int status) {
                String upstream = refusal == null ? "http://127.0.0.1:9000" : null;
                ended.end(new CallOutcome(status, refusal, upstream, true, 11, 22, 3_000_000), pipeline.ended());
                result.complete(refusal);
            }
        });
        return result.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Value of a header line on the answer, or null. */
    public static @Nullable String answerField(GatewayCall call, String name) {
        List<String> fields = call.answerFields();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (fields.get(i).equals(name)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }
}
