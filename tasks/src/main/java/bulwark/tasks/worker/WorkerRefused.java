package bulwark.tasks.worker;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeRefused;
import java.util.ArrayList;
import java.util.List;

/** Why a worker does not start: every reason, a sentence with a remedy each. */
public final class WorkerRefused extends OperatorError {
    public WorkerRefused(List<String> problems) {
        super(ExitCode.SETTINGS, problems, null);
    }

    /** No producer may write into a queue of a refused name, so nothing could be read from it but what belongs to another. */
    static void unlessReadable(List<String> queues) {
        List<String> problems = new ArrayList<>();
        for (String queue : queues) {
            try {
                Envelope.checkQueue("The queue \"" + PrintableText.of(queue) + "\" of STEM_WORKER_QUEUES", queue);
            } catch (EnvelopeRefused e) {
                problems.add(e.getMessage() + ".");
            }
        }
        if (!problems.isEmpty()) {
            throw new WorkerRefused(problems);
        }
    }
}
