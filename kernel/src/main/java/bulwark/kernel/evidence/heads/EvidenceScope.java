package bulwark.kernel.evidence.heads;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.storage.ReadTx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What vouches for a store and where it lies.
 *
 * @param keyFolder owner-only folder with the log key, the store id and the newest signed heads
 * @param localLog file of the transparency log, or null with another backend
 * @param secondPlace file outside of the store's folder for the newest signed heads, or null
 * @param chains tables, and what else is a chain, whose heads are signed
 * @param claims tables that say what stands in the local log
 */
public record EvidenceScope(
        Path keyFolder,
        @Nullable ConfiguredPath localLog,
        @Nullable ConfiguredPath secondPlace,
        List<HashChain> chains,
        List<LogClaims> claims) {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,100}");

    /** What the store remembers of its newest leaf. */
    private static final LogClaims POSITION = new LogClaims("log_position", "log_index", "leaf_hash", "log_index >= 0");

    /** What the store remembers of the newest leaf of one process. @param folderId the id in that process's key folder */
    static LogClaims position(ReadTx tx, @Nullable String folderId) {
        if (!tx.isShared()) {
            return POSITION;
        }
        String id = folderId != null && ID.matcher(folderId).matches() ? folderId : "";
        return new LogClaims("log_position", "log_index", "leaf_hash", "log_index >= 0 AND store_id = '" + id + "'");
    }

    public EvidenceScope {
        chains = List.copyOf(chains);
        claims = List.copyOf(claims);
    }

    List<LogClaims> allClaims(LogClaims position) {
        List<LogClaims> all = new ArrayList<>(claims);
        all.add(position);
        return all;
    }

    public HeadFile keyFolderHead() {
        return new HeadFile(ConfiguredPath.unnamed(keyFolder.resolve("head.json")));
    }

    @Nullable
    public HeadFile secondHead() {
        return secondPlace == null ? null : new HeadFile(secondPlace);
    }
}
