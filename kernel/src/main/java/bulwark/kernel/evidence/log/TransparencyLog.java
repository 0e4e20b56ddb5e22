package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogProof;
import org.jspecify.annotations.Nullable;

/** An append-only log outside the store. Blocking; thread-safe. */
public interface TransparencyLog extends AutoCloseable {
    /** {@code local}, {@code rekor} or {@code off}. */
    String backend();

    /** Durable (synced, or acknowledged by the service) when it returns. */
    LogEntry append(LogLeaf leaf) throws LogUnavailable;

    /** Says whether an append would be possible now, without one. */
    void ping() throws LogUnavailable;

    /**
     * The newest entry whose payload's member {@code kind} has this value; empty when there is none or the backend cannot be searched.
     *
     * @throws LogUnavailable also when that entry is damaged
     */
    default java.util.Optional<LogEntry> newest(String kind) throws LogUnavailable {
        return java.util.Optional.empty();
    }

    /**
     * Reads an entry of a remote log back, with the proof that it lies in a tree which continues the one that was shown before.
     *
     * @param leafHash SHA-256 of the payload, hex
     * @return the end of a sentence that begins with the log and says what is wrong, or null; always null of a backend whose entries lie
     *     in a file here, which is compared as a whole. It is the same for the same loss, however long the log grows
     * @throws LogUnavailable when the log cannot be asked, which says nothing about the entry
     */
    default @Nullable String readBack(String leafHash, long logIndex) throws LogUnavailable {
        return null;
    }

    /**
     * Signs the tree of all records and puts it beside the log, where it grew or the key changed since the last time. The first time a log
     * that held records before gets one more, which says so.
     *
     * @return the newest checkpoint; empty of a log without records and of a backend whose tree is another's
     * @throws LogUnavailable also when the log does not continue the tree that was signed last
     */
    default java.util.Optional<SignedNote> publishCheckpoint(CheckpointKeys keys) throws LogUnavailable {
        return java.util.Optional.empty();
    }

    /** That a record stands in the tree of the newest checkpoint; empty while none covers it, and of a backend whose tree is another's. */
    default java.util.Optional<TlogProof> proof(long index) throws LogUnavailable {
        return java.util.Optional.empty();
    }

    /** That the newest checkpoint continues the tree of so many records; empty as {@link #proof}. */
    default java.util.Optional<java.util.List<byte[]>> consistency(long earlierSize) throws LogUnavailable {
        return java.util.Optional.empty();
    }

    /** The owner goes on with a log that lost entries: what it showed or signed of its tree before is no longer compared with. */
    default void forgetTrees() throws LogUnavailable {}

    /** Checks everything the backend can check locally; sentences, empty when whole. */
    java.util.List<String> fsck();

    @Override
    void close();

    /** The log cannot be reached or written; the message is a sentence. */
    final class LogUnavailable extends Exception {
        public LogUnavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
