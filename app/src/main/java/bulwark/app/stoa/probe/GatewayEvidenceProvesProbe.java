package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.kernel.evidence.journal.JournalExportVerifier;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The records of an hour, exported as for an auditor and verified as he would, with the public log keys alone. */
final class GatewayEvidenceProvesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-EVIDENCE-02",
                        Severity.CRITICAL,
                        "Decision records prove themselves: each stands in a chain that a signed head vouches for.",
                        "page, \"audit trail\"; box 10; DORA: information sharing",
                        "Stop the gateway, keep its state folder, and run bin/stoa evidence fsck there: it names the batch that was changed")
                .requires("V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        EvidenceFolder folder = new EvidenceFolder(gateway.store());
        Instant now = visit.clock().instant();
        String expected =
                "every record of the last hour proved, but for those of the last " + HEAD_INTERVAL.toSeconds() + " s";
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        long written;
        try {
            written = folder.export(GatewayEnrolment.TENANT, now.minus(WINDOW), now.minus(HEAD_INTERVAL), export);
        } catch (IOException damaged) {
            return Files.isReadable(Layout.journalFolder(gateway.store()))
                    ? Observed.fail(expected, "the journal is not what was written: " + damaged.getMessage())
                    : Observed.error(expected, "the journal cannot be read from here");
        }
        JournalExportVerifier.Report report =
                EvidenceFolder.verify(new ByteArrayInputStream(export.toByteArray()), folder.publicKey(), Path.of("/"));
        if (!report.problems().isEmpty() || report.unvouched() > 0) {
            return Observed.fail(
                    expected,
                    report.problems().isEmpty()
                            ? report.unvouched() + " records that no signed head vouches for"
                            : String.join("; ", report.problems()));
        }
        return written > 0
                ? Observed.pass(expected, report.records() + " records proved")
                : Observed.warn(expected, "no record is old enough yet: look again in a minute");
    }

    private static final Duration WINDOW = Duration.ofHours(1);
    /** Heads are signed ten seconds after a record at the latest. */
    private static final Duration HEAD_INTERVAL = Duration.ofSeconds(20);
}
