package bulwark.kernel.evidence.heads;

import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A chain whose heads are signed: its members are numbered from 1 without gaps, and each names the hash of the one before. */
public interface HashChain {
    /** Its name in signed heads: that of the table, or of what stands in its stead. */
    String table();

    /** The last member, unchecked. */
    Optional<ChainHead> end(ReadTx tx) throws SQLException;

    /** What is wrong with the member that a head names, or null. */
    @Nullable
    String compare(ReadTx tx, ChainHead head) throws SQLException;

    /**
     * Follows the links from a known member to the end.
     *
     * @param from where to begin, or null for the first member
     * @param through a member that this process wrote and that the way must pass, or null
     */
    Followed follow(ReadTx tx, @Nullable ChainHead from, @Nullable ChainHead through) throws SQLException;

    /** Outcome of {@link #follow}: the end of the chain (null when it is empty), or the sentence that says where it breaks. */
    record Followed(@Nullable ChainHead end, @Nullable String problem) {}
}
