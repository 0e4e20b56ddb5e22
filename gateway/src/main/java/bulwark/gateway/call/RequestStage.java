package bulwark.gateway.call;

/** One decision about a call. Thread-safe: called on any event loop, which it must not block. */
@FunctionalInterface
public interface RequestStage {
    /** Lets every call through. */
    RequestStage PASS = call -> StageResult.PASS;

    /** An exception is answered 500 and the call goes no further. */
    StageResult decide(GatewayCall call);
}
