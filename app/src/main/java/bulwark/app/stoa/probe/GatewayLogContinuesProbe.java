package bulwark.app.stoa.probe;

import bulwark.doctor.memory.LogCheckpoint;
import bulwark.doctor.memory.LogWitness;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Every byte of the last visit is still there, whatever the gateway and its store agree upon. */
final class GatewayLogContinuesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-LOG-01",
                        Severity.CRITICAL,
                        "The gateway's transparency log continues the one of the last visit.",
                        "page, \"audit trail\"; box 10; DORA: incident reporting",
                        "Stop the gateway and keep both states: the doctor's memory has a file proof-gateway-… with the checkpoint that is gone")
                .requires("V16.4.2")
                .within(Duration.ofSeconds(20));
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path log = Layout.logFile(GatewayTarget.of(visit).store());
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
                yield Observed.fail(expected, broken.sentence() + ". Both are kept in " + proof);
            }
            case LogWitness.Finding.Absent _ -> Observed.fail("a log to remember", "there is no file " + log);
        };
    }

    private static final String NAME = "gateway";
}
