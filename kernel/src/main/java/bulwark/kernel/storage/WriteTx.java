package bulwark.kernel.storage;

/** The open transaction of a batch. */
public interface WriteTx extends ReadTx {
    /** In-memory state that follows the store (a chain head) resets itself here; newest first, outside any transaction. */
    void onRollback(Runnable reset);

    /** Runs on the writer thread after the sync, before the caller is answered; short and without I/O. */
    void afterCommit(Runnable action);
}
