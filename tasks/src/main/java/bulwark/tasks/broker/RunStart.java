package bulwark.tasks.broker;

import bulwark.tasks.results.TaskStatus;

/**
 * A verified delivery that is about to run.
 *
 * @param running the status to write, its fence being the receipt's token
 */
public record RunStart(Receipt receipt, TaskStatus running) {
    public enum StartDecision {
        /** The status was written: run it. */
        RUN,
        /** This very entry already reached a terminal state, and only its acknowledgement was lost: acknowledge, do not run. */
        ALREADY_FINISHED,
        /** Another entry of this task id already succeeded: a replay, not to be run. */
        REPLAYED,
        /** The receipt is no longer good: drop it. */
        LEASE_LOST
    }
}
