package bulwark.app.stigmem.probe;

import bulwark.doctor.memory.LogCheckpoint;
import bulwark.doctor.memory.LogWitness;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Every byte of the last visit is still there. Neither the node nor its store is asked: both may have been rolled back together with the file. */
final class LogContinuesProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        Path log = FactTarget.of(visit).part().path("log");
        LogCheckpoint before = visit.memory().log(NAME).orElse(null);
        String expected = before == null ? "a log to remember" : "begins with " + before.words();
        return switch (LogWitness.compare(log, before, visit.clock().instant())) {
            case LogWitness.Finding.Consistent consistent -> {
                visit.memory().remember(NAME, consistent.now());
                yield Observed.pass(
                        expected, consistent.now().words() + (before == null ? ", remembered at this visit" : ""));
            }
            case LogWitness.Finding.Broken broken -> {
                Path proof = visit.memory()
                        .keepProof(NAME, broken, visit.clock().instant().toString());
                yield Observed.fail(
                        expected,
                        broken.sentence()
                                + broken.now()
                                        .map(now -> "; now " + now.words())
                                        .orElse("") + ". Both are kept in " + proof);
            }
            case LogWitness.Finding.Absent _ -> Observed.fail("a log to remember", "there is no file " + log);
        };
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-LOG-02",
                        Severity.CRITICAL,
                        "The transparency log continues the one of the last visit.",
                        "tutorial, step 8; a log that nobody watches proves nothing",
                        "Stop the node and keep both states: the doctor's memory has a file proof-facts-… with the checkpoint that is gone")
                .requires("V16.4.2")
                .within(Duration.ofSeconds(20));
    }

    private static final String NAME = "facts";
}
