package bulwark.kernel.evidence.log;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payload for the log. The leaf hash is SHA-256 of its canonical JSON.
 *
 * @param payload canonical-JSON members
 * @param dedupeKey appending the same key twice yields the first entry
 */
public record LogLeaf(Map<String, ? extends @Nullable Object> payload, String dedupeKey) {}
