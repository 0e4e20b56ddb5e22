package bulwark.kernel.evidence.log;

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
     * Reads an entry of a remote log back.
     *
     * @return whether the log still holds the payload at this index; always true of a backend whose entries lie in a file here, which is
     *     compared as a whole
     * @throws LogUnavailable when the log cannot be asked, which says nothing about the entry
     */
    default boolean holds(LogLeaf leaf, long logIndex) throws LogUnavailable {
        return true;
    }

    /** Checks everything the backend can check locally; sentences, empty when whole. */
    java.util.List<String> fsck();

    @Override
    void close();

    /** The log cannot be reached or written; the message is a sentence. */
    final class LogUnavailable extends Exception {
        public LogUnavailable(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
