package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.signing.Signing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** What the gateway starts with while its store cannot be read; compared with the last visit, since an older one is signed as well. */
final class GatewayRoutesSignedProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-ROUTES-01",
                        Severity.HIGH,
                        "The snapshot of the routes is signed by a key of the gateway, and no older than at the last visit.",
                        "page, \"SSRF Protection\": \"a compromised Control Plane could inject internal targets\"; spec of the gateway, case X33",
                        "Delete routes.snapshot while the gateway is stopped, so that it is written anew from the store, and find out who changed it")
                .requires("V16.4.2", "V8.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        Path folder = gateway.file("state_folder");
        JsonNode document;
        try {
            document = StrictJson.parse(Files.readAllBytes(folder.resolve("routes.snapshot")));
        } catch (StrictJson.JsonRefused damaged) {
            return Observed.fail("a signed snapshot", "routes.snapshot is no JSON: " + damaged.getMessage());
        }
        JsonNode statement = document.path("statement");
        String keyId = document.path("key_id").asString("");
        byte[] signature =
                Base64Url.bytes(document.path("signature").asString("")).orElse(new byte[0]);
        boolean signed = statement.isObject()
                && KeyRing.publicEntries(folder.resolve("snapshot.keys")).stream()
                        .filter(key -> key.verifies() && key.id().equals(keyId))
                        .anyMatch(key -> Signing.fastest().verify(key.publicKey(), message(statement), signature));
        long generation = statement.path("generation").asLong(0);
        long before = visit.memory().pinned(PIN).map(Long::parseLong).orElse(0L);
        if (signed && generation >= before) {
            visit.memory().pinAgain(PIN, Long.toString(generation));
        }
        return Observed.of(
                signed && generation >= before,
                "a signature that verifies, and generation " + before + " or later",
                (signed ? "signed by " + keyId : "a signature that does not verify") + ", generation " + generation);
    }

    private static final String PIN = "gateway.routes.generation";
    private static final String PURPOSE = "bulwark gateway routes\n";

    private static byte[] message(JsonNode statement) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(PURPOSE.getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(CanonicalJson.bytes(statement));
        return message.toByteArray();
    }
}
