package bulwark.kernel.evidence.export;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.Base64Url;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Footers that the log key of a store signs: for a part that has no key of its own for statements to others. Thread-safe. */
public final class LogKeyFooters implements ExportSigner, ExportKeys {
    private static final String PURPOSE = "bulwark.dev/audit/export/v1";

    private final LogKeys keys;

    /** @param keys those that only verify are enough for {@link #fault} */
    public LogKeyFooters(LogKeys keys) {
        this.keys = keys;
    }

    @Override
    public Map<String, @Nullable Object> sign(Map<String, @Nullable Object> footer) {
        LogKeys.Signature signature = keys.sign(PURPOSE, footer);
        Map<String, @Nullable Object> signed = new LinkedHashMap<>(footer);
        signed.put("key_id", signature.keyId());
        signed.put("signature", signature.value());
        return signed;
    }

    @Override
    public @Nullable String fault(ExportFooter footer) {
        Map<String, @Nullable Object> unsigned = new LinkedHashMap<>(footer.members());
        unsigned.remove("key_id");
        unsigned.remove("signature");
        String keyId = footer.text("key_id");
        if (Base64Url.exactly(64, footer.text("signature")).isEmpty()) {
            return "the signature of the footer is wrong";
        }
        LogKeys.Signature signature = new LogKeys.Signature(keyId, footer.text("signature"));
        String fault = keys.fault(PURPOSE, unsigned, signature, footer.createdAt());
        return fault == null ? null : "it " + fault;
    }
}
