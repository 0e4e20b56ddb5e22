package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An envelope and its place in a log, in one JSON file. Source of the form: Sigstore bundle v0.3 with a public key, one entry of Rekor v2 and
 * no timestamp. Says nothing until it is verified.
 *
 * @param keyHint names the key that signed the envelope
 * @param logId names the log, 32 bytes
 * @param body what the log is said to keep
 */
@SuppressWarnings("ArrayRecordComponent")
public record PostureBundle(String keyHint, DsseEnvelope envelope, byte[] logId, byte[] body, TlogProof proof) {
    static final String KIND = "dsse";
    static final String VERSION = "0.0.2";
    private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final int MAX_BYTES = 4 << 20;

    public PostureBundle {
        logId = logId.clone();
        body = body.clone();
    }

    /** A copy. */
    @Override
    public byte[] logId() {
        return logId.clone();
    }

    /** A copy. */
    @Override
    public byte[] body() {
        return body.clone();
    }

    /** The file. */
    public byte[] json() {
        TlogCheckpoint tree = proof.checkpoint();
        Map<String, Object> inclusion = new LinkedHashMap<>();
        inclusion.put("logIndex", Long.toString(proof.index()));
        inclusion.put("rootHash", StrictBase64.text(tree.root()));
        inclusion.put("treeSize", Long.toString(tree.size()));
        inclusion.put("hashes", proof.path().stream().map(StrictBase64::text).toList());
        inclusion.put("checkpoint", Map.of("envelope", proof.note().note()));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("logIndex", Long.toString(proof.index()));
        entry.put("logId", Map.of("keyId", StrictBase64.text(logId)));
        entry.put("kindVersion", ordered("kind", KIND, "version", VERSION));
        entry.put("inclusionProof", inclusion);
        entry.put("canonicalizedBody", StrictBase64.text(body));
        Map<String, Object> dsse = new LinkedHashMap<>();
        dsse.put("payload", StrictBase64.text(envelope.payload()));
        dsse.put("payloadType", envelope.payloadType());
        dsse.put("signatures", List.of(ordered("sig", StrictBase64.text(envelope.signature()), "keyid", keyHint)));
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MEDIA_TYPE);
        bundle.put(
                "verificationMaterial", ordered("publicKey", Map.of("hint", keyHint), "tlogEntries", List.of(entry)));
        bundle.put("dsseEnvelope", dsse);
        return StrictJson.write(bundle);
    }

    private static Map<String, Object> ordered(String first, Object one, String second, Object two) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(first, one);
        members.put(second, two);
        return members;
    }

    /** @throws BundleRefused unless it has the members that {@link #json} writes, with the same values, and no others */
    public static PostureBundle parse(byte[] file) throws BundleRefused {
        if (file.length > MAX_BYTES) {
            throw new BundleRefused("the bundle is larger than 4 MiB");
        }
        try {
            JsonNode bundle = StrictJson.parse(file);
            JsonNode entry =
                    bundle.path("verificationMaterial").path("tlogEntries").path(0);
            JsonNode inclusion = entry.path("inclusionProof");
            List<byte[]> path = new ArrayList<>();
            for (JsonNode hash : inclusion.path("hashes")) {
                path.add(bytes(hash));
            }
            SignedNote note = SignedNote.parse(
                    inclusion.path("checkpoint").path("envelope").stringValue(""));
            JsonNode dsse = bundle.path("dsseEnvelope");
            PostureBundle read = new PostureBundle(
                    bundle.path("verificationMaterial")
                            .path("publicKey")
                            .path("hint")
                            .stringValue(""),
                    new DsseEnvelope(
                            dsse.path("payloadType").stringValue(""),
                            bytes(dsse.path("payload")),
                            bytes(dsse.path("signatures").path(0).path("sig"))),
                    bytes(entry.path("logId").path("keyId")),
                    bytes(entry.path("canonicalizedBody")),
                    new TlogProof(index(inclusion), path, note, TlogCheckpoint.parse(note.text())));
            if (StrictJson.parse(read.json()).equals(bundle)) {
                return read;
            }
        } catch (StrictJson.JsonRefused | NoteRefused e) {
            throw new BundleRefused("the bundle cannot be read: " + e.getMessage());
        }
        throw new BundleRefused("the bundle is of another form or version than this program writes, or its members"
                + " contradict each other");
    }

    private static long index(JsonNode inclusion) throws BundleRefused {
        String text = inclusion.path("logIndex").stringValue("");
        if (!text.matches("[0-9]{1,18}")) {
            throw new BundleRefused("the index of the log entry is no number");
        }
        return Long.parseLong(text);
    }

    private static byte[] bytes(JsonNode node) throws BundleRefused {
        byte @Nullable [] bytes = StrictBase64.bytes(node.stringValue(""));
        if (bytes == null) {
            throw new BundleRefused("the bundle holds something that is not base64 where bytes belong");
        }
        return bytes;
    }
}
