package bulwark.kernel.storage;

/** The right of one process among those that share a store to do something alone. Thread-safe. */
public interface Leadership extends AutoCloseable {
    /** Of a store that one process has open: it leads in everything. */
    Leadership OF_ONE_PROCESS = new Leadership() {
        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public void close() {}
    };

    /** Tries to get it where this process does not have it. Asks the store; what rests on the answer must bear that another process leads a moment later. */
    boolean isHeld();

    /** Lets another process lead. */
    @Override
    void close();
}
