package bulwark.kernel.evidence.export;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs the footers of exports with a key of the part. */
public interface ExportSigner {
    /** @return the footer with the members {@code key_id} and {@code signature} (base64url) @param footer all other members */
    Map<String, @Nullable Object> sign(Map<String, @Nullable Object> footer);
}
