package bulwark.doctor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SigstoreProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Our bundles before {@code @sigstore/verify}, which we did not write. */
@Timeout(200)
class SigstoreVerdictTest {
    private static final int MUTATIONS = 1_000;
    private static final int FLIPS = 400;

    @TempDir
    static Path folder;

    private static SignedVisits visits;
    private static SignedVisits others;
    private static PostureVerifier verifier;

    private final Random random = new Random(43);

    @BeforeAll
    static void sign() throws Exception {
        visits = SignedVisits.some(folder.resolve("one"), 7);
        others = SignedVisits.some(folder.resolve("other"), 7);
        verifier = visits.verifier();
    }

    @Test
    void it_accepts_what_we_accept_and_refuses_a_thousand_mutated_bundles_as_we_do() throws Exception {
        List<byte[]> bundles = new ArrayList<>(visits.bundles());
        while (bundles.size() < visits.bundles().size() + MUTATIONS) {
            bundles.add(mutated(bundles.size()));
        }
        List<String> theirs = theirs(bundles);
        for (int at = 0; at < bundles.size(); at++) {
            boolean good = at < visits.bundles().size();
            assertThat(theirs.get(at)).as("bundle " + at).startsWith(good ? "accepted" : "refused");
            String refused = ours(bundles.get(at));
            assertThat(refused.isEmpty()).as("bundle " + at + ": " + refused).isEqualTo(good);
        }
    }

    @Test
    void where_it_accepts_a_flipped_bit_that_we_refuse_it_never_looked_at_that_member() throws Exception {
        byte[] good = visits.bundles().getLast();
        List<byte[]> bundles = new ArrayList<>();
        for (int number = 0; number < FLIPS; number++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            bundles.add(bad);
        }
        List<String> theirs = theirs(bundles);
        for (int at = 0; at < FLIPS; at++) {
            assertThat(ours(bundles.get(at))).as("flip " + at).isNotEmpty();
            if (theirs.get(at).startsWith("accepted")) {
                assertThat(read(bundles.get(at))).as("flip " + at).isEqualTo(read(good));
            }
        }
    }

    private static List<String> theirs(List<byte[]> bundles) throws Exception {
        Path script = Path.of(
                SigstoreVerdictTest.class.getResource("/sigstore/verdicts.js").toURI());
        List<String> verdicts = SigstoreProgram.verdicts(
                folder, script, SigstoreTrust.json(PosturePolicy.parse(visits.policyText())), bundles);
        assertThat(verdicts).hasSameSizeAs(bundles);
        return verdicts;
    }

    /** Empty when we accept it. */
    private static String ours(byte[] bundle) {
        try {
            verifier.verify(bundle, Instant.MAX.minusSeconds(1_000_000));
            return "";
        } catch (BundleRefused e) {
            return Objects.requireNonNull(e.getMessage());
        }
    }

    private byte[] mutated(int number) {
        byte[] from = visits.bundles().get(1 + number % 6);
        ObjectNode bundle = (ObjectNode) StrictJson.parse(from);
        ObjectNode entry = (ObjectNode) bundle.at("/verificationMaterial/tlogEntries/0");
        ObjectNode proof = (ObjectNode) entry.path("inclusionProof");
        ObjectNode dsse = (ObjectNode) bundle.path("dsseEnvelope");
        ObjectNode signature = (ObjectNode) dsse.at("/signatures/0");
        ArrayNode hashes = (ArrayNode) proof.path("hashes");
        switch (number % 16) {
            case 0 -> flip(dsse, "payload");
            case 1 -> flip(signature, "sig");
            case 2 -> dsse.put("payloadType", "application/vnd.in-toto+jsom");
            case 3 -> flip(entry, "canonicalizedBody");
            case 4 -> hashes.set(random.nextInt(hashes.size()), StrictBase64.text(new byte[32]));
            case 5 -> hashes.remove(random.nextInt(hashes.size()));
            case 6 -> hashes.insert(random.nextInt(hashes.size() + 1), StrictBase64.text(new byte[32]));
            case 7 -> index(entry, proof, random.nextInt(9) - 1);
            case 8 -> note(proof, 0);
            case 9 -> note(proof, 1);
            case 10 -> ((ObjectNode) entry.path("kindVersion")).put(random.nextBoolean() ? "kind" : "version", "0.0.3");
            case 11 -> flip((ObjectNode) entry.path("logId"), "keyId");
            case 12 -> hint(bundle);
            case 13 -> dsse.put("payload", StrictBase64.text(withoutAProbe(dsse)));
            case 14 -> ((ArrayNode) bundle.at("/verificationMaterial/tlogEntries")).removeAll();
            default -> foreign(bundle, entry);
        }
        return StrictJson.write(bundle);
    }

    private void flip(ObjectNode object, String member) {
        byte[] bytes = Base64.getDecoder().decode(object.path(member).stringValue());
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        object.put(member, StrictBase64.text(bytes));
    }

    private static void index(ObjectNode entry, ObjectNode proof, int index) {
        String text = proof.path("logIndex").stringValue().equals(Integer.toString(index)) ? "8" : "" + index;
        entry.put("logIndex", text);
        proof.put("logIndex", text);
    }

    /** A bit in the text of the checkpoint, or in the line of Ed25519. */
    private void note(ObjectNode proof, int part) {
        ObjectNode checkpoint = (ObjectNode) proof.path("checkpoint");
        String note = checkpoint.path("envelope").stringValue();
        int text = note.indexOf("\n\n");
        int line = note.indexOf('\n', text + 2);
        // The last characters of base64 hold bits that Buffer does not read.
        int at = part == 0 ? random.nextInt(text - 4) : line - 60 + random.nextInt(50);
        char changed = note.charAt(at) == 'A' ? 'B' : note.charAt(at) == '\n' ? 'x' : 'A';
        checkpoint.put("envelope", note.substring(0, at) + changed + note.substring(at + 1));
    }

    private static void hint(ObjectNode bundle) {
        String other = "0".repeat(64);
        ((ObjectNode) bundle.at("/verificationMaterial/publicKey")).put("hint", other);
        ((ObjectNode) bundle.at("/dsseEnvelope/signatures/0")).put("keyid", other);
    }

    private byte[] withoutAProbe(ObjectNode dsse) {
        String payload =
                new String(Base64.getDecoder().decode(dsse.path("payload").stringValue()), StandardCharsets.UTF_8);
        String dropped = random.nextBoolean()
                ? payload.replace("\"HOST-FILES-01\",", "")
                : payload.replace("[\"HOST-DEBUG-01\"]", "[]");
        return dropped.getBytes(StandardCharsets.UTF_8);
    }

    /** Another doctor's statement, or another log's entry, in place of ours. */
    private void foreign(ObjectNode bundle, ObjectNode entry) {
        ObjectNode other = (ObjectNode) StrictJson.parse(others.bundles().get(random.nextInt(7)));
        if (random.nextBoolean()) {
            bundle.set("dsseEnvelope", other.path("dsseEnvelope"));
        } else {
            entry.setAll((ObjectNode) other.at("/verificationMaterial/tlogEntries/0"));
        }
    }

    /** What that program reads of a bundle, as it reads it: base64 with whatever bits are left over, and of the checkpoint the line that it knows. */
    private static List<String> read(byte[] bytes) {
        JsonNode bundle = StrictJson.parse(bytes);
        JsonNode entry = bundle.at("/verificationMaterial/tlogEntries/0");
        JsonNode proof = entry.path("inclusionProof");
        String note = proof.path("checkpoint").path("envelope").stringValue("");
        int text = note.indexOf("\n\n");
        int line = note.indexOf('\n', text + 2);
        int name = note.indexOf(' ', text + 4);
        List<String> read = new ArrayList<>(List.of(
                bundle.at("/verificationMaterial/publicKey/hint").stringValue(""),
                bundle.at("/dsseEnvelope/payloadType").stringValue(""),
                decoded(bundle.at("/dsseEnvelope/payload")),
                decoded(bundle.at("/dsseEnvelope/signatures/0/sig")),
                entry.at("/kindVersion/kind").stringValue(""),
                entry.at("/kindVersion/version").stringValue(""),
                decoded(entry.at("/logId/keyId")),
                decoded(entry.path("canonicalizedBody")),
                proof.path("logIndex").stringValue(""),
                note.substring(0, name),
                decoded(note.substring(name + 1, line))));
        proof.path("hashes").forEach(hash -> read.add(decoded(hash)));
        return read;
    }

    private static String decoded(JsonNode base64) {
        return decoded(base64.stringValue(""));
    }

    /** As {@code Buffer} decodes: what belongs to no alphabet is passed over, and bits that are left over are dropped. */
    private static String decoded(String base64) {
        String text = base64.replaceAll("[^A-Za-z0-9+/]", "");
        byte[] bytes = Base64.getDecoder().decode(text.length() % 4 == 1 ? text.substring(0, text.length() - 1) : text);
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
