package bulwark.app.stem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;

/** An alert stands on this number: one forgery, one count. */
final class ForgeryCountedProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        TaskTarget target = TaskTarget.of(visit);
        return new ForgedTask(target).sendCounted(() -> count(visit, target));
    }

    private static long count(Visit visit, TaskTarget target) throws IOException, InterruptedException {
        ProbeAnswer metrics = visit.client().get(target.part().url("worker_url"), "/metrics", null);
        if (metrics.status() != 200) {
            throw new IOException("the worker shows no metrics: status " + metrics.status());
        }
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(COUNTER) && line.contains("queue=\"" + TaskProbes.QUEUE + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-SIGN-04",
                        Severity.MEDIUM,
                        "Each refused signature is counted once.",
                        "task document, notes: auditing",
                        "Look whether the metrics of another worker are read, or another worker takes from the queue")
                .requires("V16.3.3")
                .sends(2, "evidence of one refusal; its dead letter is purged")
                .within(Duration.ofSeconds(20));
    }

    private static final String COUNTER = "stem_tasks_signature_invalid";
}
