package bulwark.doctor.verify;

import bulwark.doctor.bundle.DoctorKey;
import bulwark.doctor.bundle.DsseEnvelope;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.SubjectPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy as programs of Sigstore read it: {@code trustedRoot}, in the form of trusted root v0.1, has the logs; {@code publicKeys} has the
 * doctors by the hints of their bundles. Those programs know Ed25519 alone, so other keys of a log are left out, and witnesses too.
 */
public final class SigstoreTrust {
    private SigstoreTrust() {}

    public static byte[] json(PosturePolicy policy) {
        List<Map<String, Object>> logs = new ArrayList<>();
        for (NoteKey log : policy.logs().logs()) {
            if (log.type() == NoteKey.Type.ED25519) {
                Map<String, Object> instance = new LinkedHashMap<>();
                instance.put("baseUrl", "https://" + log.name());
                instance.put("hashAlgorithm", "SHA2_256");
                instance.put("publicKey", publicKey(log.publicKey(), Map.of("start", Instant.EPOCH.toString())));
                instance.put("logId", Map.of("keyId", StrictBase64.text(log.longId())));
                logs.add(instance);
            }
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
        root.put("tlogs", logs);
        root.put("certificateAuthorities", List.of());
        root.put("ctlogs", List.of());
        root.put("timestampAuthorities", List.of());
        Map<String, Object> keys = new LinkedHashMap<>();
        for (DoctorKey doctor : policy.doctors()) {
            Map<String, Object> valid = new LinkedHashMap<>();
            valid.put("start", doctor.from().toString());
            Instant until = doctor.until();
            if (until != null) {
                valid.put("end", until.toString());
            }
            byte[] raw = doctor.key().publicKey();
            keys.put(DsseEnvelope.keyId(raw), publicKey(raw, valid));
        }
        Map<String, Object> both = new LinkedHashMap<>();
        both.put("trustedRoot", root);
        both.put("publicKeys", keys);
        return StrictJson.write(both);
    }

    private static Map<String, Object> publicKey(byte[] raw, Map<String, Object> valid) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("rawBytes", StrictBase64.text(SubjectPublicKey.ed25519Der(raw)));
        key.put("keyDetails", "PKIX_ED25519");
        key.put("validFor", valid);
        return key;
    }
}
