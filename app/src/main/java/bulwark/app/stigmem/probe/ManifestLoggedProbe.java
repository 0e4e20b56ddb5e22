package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.PlainJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looked up in the log itself by the hash of what is served, not in the node's answer about it. */
final class ManifestLoggedProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-ID-04",
                        Severity.HIGH,
                        "The served manifest stands in the transparency log.",
                        "tutorial, step 3: \"manifest TL index\"",
                        "Read the node's log for what keeps it from the log, then bin/stigmem fsck")
                .requires("V11.1.1", "V16.4.2")
                .sends(1, "nothing")
                .within(Duration.ofSeconds(20));
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        Map<String, @Nullable Object> served = PlainJson.object(node.manifest());
        served.remove("issuer_manifest");
        String leaf = LogRecord.leafHash(served);
        Path log = node.part().path("log");
        boolean logged = false;
        if (Files.exists(log)) {
            try (Stream<String> lines = Files.lines(log)) {
                logged = lines.anyMatch(line -> line.contains("\"leaf_hash\":\"" + leaf + "\""));
            }
        }
        return Observed.of(logged, "a record with leaf hash " + leaf, logged ? "it is there" : "no such record");
    }
}
