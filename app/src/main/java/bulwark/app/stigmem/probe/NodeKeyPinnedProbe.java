package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A rotation leaves an event that the former key signed; a replaced node does not. */
final class NodeKeyPinnedProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        JsonNode manifest = FactTarget.of(visit).manifest();
        String now = manifest.path("public_key").asString("");
        Optional<String> before = visit.memory().pinned(PIN, now);
        if (before.isEmpty() || before.get().equals(now)) {
            return Observed.pass(
                    before.map(key -> "key " + key).orElse("a key to pin"),
                    "key " + now + (before.isEmpty() ? ", pinned at this visit" : ""));
        }
        String expected = "key " + before.get() + ", or a signed way from it";
        String reached = before.get();
        for (JsonNode event : manifest.path("rotation_events")) {
            if (event.path("previous_public_key").asString("").equals(reached) && signed(event, reached)) {
                reached = event.path("new_public_key").asString("");
            }
        }
        if (!reached.equals(now)) {
            return Observed.fail(expected, "key " + now + ", and no rotation leads there");
        }
        visit.memory().pinAgain(PIN, now);
        return Observed.pass(expected, "key " + now + ", by rotations that the former keys signed");
    }

    private static boolean signed(JsonNode event, String by) {
        byte[] statement = CanonicalJson.bytes(Map.of(
                "new_key_id", event.path("new_key_id").asString(""),
                "new_public_key", event.path("new_public_key").asString(""),
                "previous_key_id", event.path("previous_key_id").asString(""),
                "rotated_at", event.path("rotated_at").asString("")));
        Optional<byte[]> key = Base64Url.exactly(32, by);
        Optional<byte[]> signature =
                Base64Url.exactly(64, event.path("signature").asString(""));
        return key.isPresent()
                && signature.isPresent()
                && Signing.fastest().verify(key.get(), statement, signature.get());
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-ID-02",
                        Severity.CRITICAL,
                        "The node's key is the one of the last visit, or follows from it by rotations that the former keys signed.",
                        "tutorial, step 3",
                        "If nobody replaced the node on purpose, another one answers at its address. Else: bulwark doctor pins forget facts.node_key")
                .requires("V11.1.1", "V13.3.4")
                .sends(1, "nothing");
    }

    private static final String PIN = "facts.node_key";
}
