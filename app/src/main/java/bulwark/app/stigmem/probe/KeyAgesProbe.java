package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** By the manifests that are served: each was issued when its key took over. */
final class KeyAgesProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        JsonNode manifest = FactTarget.of(visit).manifest();
        long node = age(visit, manifest);
        long issuer = age(visit, manifest.path("issuer_manifest"));
        return Observed.of(
                node <= NODE_DAYS && issuer <= ISSUER_DAYS,
                "at most " + NODE_DAYS + " and " + ISSUER_DAYS + " days",
                "the node's key is " + node + " days old, the issuer's " + issuer);
    }

    private static long age(Visit visit, JsonNode manifest) throws IOException {
        String issued = manifest.path("issued_at").asString("");
        if (issued.isEmpty()) {
            throw new IOException("a manifest does not say when it was issued");
        }
        return Duration.between(Instant.parse(issued), visit.clock().instant()).toDays();
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-ID-03",
                        Severity.MEDIUM,
                        "The node's key is younger than 365 days, and the issuer's than 90.",
                        "tutorial, steps 3 and 4: \"at least every 365 days\", \"at least every 90 days\"",
                        "bin/stigmem identity rotate-key --kind node, and --kind issuer")
                .requires("V13.3.4")
                .sends(1, "nothing");
    }

    private static final int NODE_DAYS = 365;
    private static final int ISSUER_DAYS = 90;
}
