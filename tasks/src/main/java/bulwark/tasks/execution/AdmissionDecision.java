package bulwark.tasks.execution;

import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to become of a delivery. */
sealed interface AdmissionDecision {
    record Run(VerifiedTask task) implements AdmissionDecision {}

    /**
     * @param verified false for an envelope whose signature is not verified: its status is written only when the task has none
     * @param task name for labels
     */
    record Reject(
            String reason,
            Map<String, String> meta,
            @Nullable TaskStatus status,
            boolean verified,
            String task) implements AdmissionDecision {}

    /** To be run when every limit gives it a start. */
    record RunWithin(VerifiedTask task, List<StartLimit> limits) implements AdmissionDecision {}

    /** To be redelivered, without counting a retry; its status stays. */
    record Postpone(Instant notBefore) implements AdmissionDecision {}

    /** Its holders died too often. @param meta of the dead letter, with the evidence of each death */
    record Poison(Map<String, ?> meta, TaskStatus status, boolean vouched, String task) implements AdmissionDecision {}

    record Cancel(TaskStatus status, String task) implements AdmissionDecision {}
}
