package bulwark.gateway.call;

import bulwark.gateway.refusal.GatewayRefusal;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one call through the stages of a pipeline, on the call's event loop. Not thread-safe. */
public final class StageRunner {
    private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);

    /** Continues with a call whose stages are through. Called on the event loop. */
    public interface Continuation {
        void passed(GatewayCall call);

        void refused(GatewayCall call, GatewayRefusal refusal);
    }

    private StageRunner() {}

    /** @param loop where the call lives; a stage that ends elsewhere is resumed there */
    public static void run(CallPipeline pipeline, GatewayCall call, Executor loop, Continuation continuation) {
        advance(pipeline, call, 0, CallPipeline.STAGES, loop, continuation);
    }

    /** For a call that is answered on arrival: nothing but the stage of evidence. */
    public static void runEvidence(CallPipeline pipeline, GatewayCall call, Executor loop, Continuation continuation) {
        advance(pipeline, call, CallPipeline.EVIDENCE, CallPipeline.STAGES, loop, continuation);
    }

    /** For a call that is refused as soon as it is known who calls: nothing but the stage of identity. */
    public static void runIdentity(CallPipeline pipeline, GatewayCall call, Executor loop, Continuation continuation) {
        advance(pipeline, call, 0, 1, loop, continuation);
    }

    /** What a stage that must decide at once says. @return why the call is refused, or null */
    public static @Nullable GatewayRefusal decideNow(RequestStage stage, GatewayCall call) {
        StageResult result;
        try {
            result = stage.decide(call);
        } catch (RuntimeException e) {
            result = failed(call, e);
        }
        return switch (result) {
            case StageResult.Pass _ -> null;
            case StageResult.Refuse refuse -> refuse.refusal();
            case StageResult.Later _, StageResult.Again _ ->
                throw new IllegalStateException("a stage on arrival must decide at once");
        };
    }

    private static void advance(
            CallPipeline pipeline, GatewayCall call, int from, int end, Executor loop, Continuation continuation) {
        for (int i = from; i < end; i++) {
            StageResult result;
            try {
                result = pipeline.stage(i).decide(call);
            } catch (RuntimeException e) {
                result = failed(call, e);
            }
            switch (result) {
                case StageResult.Pass _ -> {}
                case StageResult.Refuse refuse -> {
                    continuation.refused(call, refuse.refusal());
                    return;
                }
                case StageResult.Later later -> {
                    int next = i + 1;
                    later.result()
                            .whenComplete((late, failure) -> loop.execute(
                                    () -> resume(pipeline, call, next, end, loop, continuation, late, failure)));
                    return;
                }
                case StageResult.Again _ ->
                    throw new IllegalStateException("a stage that is to be asked again must wait first");
            }
        }
        continuation.passed(call);
    }

    private static void resume(
            CallPipeline pipeline,
            GatewayCall call,
            int next,
            int end,
            Executor loop,
            Continuation continuation,
            @Nullable StageResult late,
            @Nullable Throwable failure) {
        if (call.hasEnded()) {
            return;
        }
        StageResult result = late != null ? late : failed(call, failure);
        switch (result) {
            case StageResult.Pass _ -> advance(pipeline, call, next, end, loop, continuation);
            case StageResult.Refuse refuse -> continuation.refused(call, refuse.refusal());
            case StageResult.Again _ -> advance(pipeline, call, next - 1, end, loop, continuation);
            case StageResult.Later again ->
                again.result()
                        .whenComplete((value, problem) -> loop.execute(
                                () -> resume(pipeline, call, next, end, loop, continuation, value, problem)));
        }
    }

    private static StageResult failed(GatewayCall call, @Nullable Throwable cause) {
        LOG.error("a stage failed on call {}", call.trace().traceId(), cause);
        return new StageResult.Refuse(new GatewayRefusal.InternalError());
    }
}
