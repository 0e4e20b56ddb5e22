package bulwark.gateway.call;

import bulwark.gateway.refusal.GatewayRefusal;
import java.util.concurrent.CompletionStage;

/** What a stage says of a call. */
public sealed interface StageResult {
    /** The one that needs no allocation. */
    StageResult PASS = new Pass();

    /** The next stage follows. */
    record Pass() implements StageResult {}

    /** No further stage is asked, and the caller gets this. */
    record Refuse(GatewayRefusal refusal) implements StageResult {}

    /**
     * The stage needs a while. Its future may be completed on any thread and must end within the stage's own deadline; the caller may be gone by then. A future that fails is
     * answered 500.
     */
    record Later(CompletionStage<StageResult> result) implements StageResult {}

    /** Only at the end of {@link Later}: the same stage is asked once more, on the event loop of the call. */
    record Again() implements StageResult {}
}
