package bulwark.kernel.evidence.heads;

import bulwark.kernel.config.ConfiguredPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    /** What the store remembers of its newest leaf. */
    static final LogClaims POSITION = new LogClaims("log_position", "log_index", "leaf_hash", "log_index >= 0");

    public EvidenceScope {
        chains = List.copyOf(chains);
        claims = List.copyOf(claims);
    }

    List<LogClaims> allClaims() {
        List<LogClaims> all = new ArrayList<>(claims);
        all.add(POSITION);
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
