package bulwark.kernel.evidence.log;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a payload stands in a transparency log. integratedTime in epoch seconds. */
public record LogEntry(
        String logId,
        String leafHash,
        long logIndex,
        long integratedTime,
        Map<String, ? extends @Nullable Object> inclusionProof,
        Map<String, ? extends @Nullable Object> raw) {}
