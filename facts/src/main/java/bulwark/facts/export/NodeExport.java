package bulwark.facts.export;

import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.export.AuditExport;
import bulwark.kernel.evidence.export.ExportSigner;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.storage.Store;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Exports of a node: the node key signs the canonical JSON of the footer, the store remembers them. */
public final class NodeExport {
    private NodeExport() {}

    /** @param events where exports are recorded @param tables the logs of both tables */
    public static AuditExport of(
            Store store, AuditLog events, List<AuditLog> tables, NodeIdentity identity, Clock clock) {
        return new AuditExport(
                store,
                tables,
                Map.of("node", identity.nodeUrl()),
                signer(() -> identity.keys().node().signer()),
                new StoredExportHistory(store, events, identity.nodeUrl()),
                clock);
    }

    static ExportSigner signer(Supplier<Ed25519Signer> current) {
        return footer -> {
            Ed25519Signer key = current.get();
            Map<String, @Nullable Object> signed = new LinkedHashMap<>(footer);
            signed.put("key_id", key.keyId());
            signed.put("signature", Base64Url.text(key.sign(CanonicalJson.bytes(signed))));
            return signed;
        };
    }
}
