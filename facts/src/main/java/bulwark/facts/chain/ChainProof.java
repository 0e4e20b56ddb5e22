package bulwark.facts.chain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to {@code Stigmem-Verify: full}: how much was verified and what the head is. */
public record ChainProof(String tenant, long checkedEntries, @Nullable String headHash, @Nullable Map<String, @Nullable Object> checkpoint) {}
