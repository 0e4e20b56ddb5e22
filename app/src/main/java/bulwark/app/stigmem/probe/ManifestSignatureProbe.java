package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The key that signs is the manifest's: shown by a signature over what is served. */
final class ManifestSignatureProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-ID-01",
                        Severity.CRITICAL,
                        "The manifest is signed by the key that it names.",
                        "tutorial, step 3: \"Verify the new key is live\"",
                        "Let nothing rewrite the node's answers; then bin/stigmem identity rotate-key --kind node --dry-run says what the node signs with")
                .requires("V11.1.1")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        JsonNode manifest = FactTarget.of(visit).manifest();
        Map<String, @Nullable Object> signed = PlainJson.object(manifest);
        signed.remove("signature");
        signed.remove("issuer_manifest");
        Optional<byte[]> key = Base64Url.exactly(32, manifest.path("public_key").asString(""));
        Optional<byte[]> signature =
                Base64Url.exactly(64, manifest.path("signature").asString(""));
        boolean holds = key.isPresent()
                && signature.isPresent()
                && Signing.fastest().verify(key.get(), CanonicalJson.bytes(signed), signature.get());
        return Observed.of(
                holds,
                "a signature over all members that verifies with public_key",
                (holds ? "it verifies; key_id " : "it does not verify; key_id ")
                        + manifest.path("key_id").asString("-"));
    }
}
