package bulwark.kernel.evidence.store;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.evidence.journal.JournalTail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs the end of a journal twice a second while it moves, so that whatever is cut off it later is noticed. Thread-safe; close it after the journal, whose last batch it then signs. */
final class TailSigner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TailSigner.class);
    private static final long INTERVAL_MILLIS = 500;

    private final Journal journal;
    private final JournalTail tail;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.platform("journal-tail", this::run);
    private boolean failed;

    private TailSigner(Journal journal, JournalTail tail) {
        this.journal = journal;
        this.tail = tail;
    }

    /** @param lost whether the owner went on with a journal that lost its end: what was signed of it says nothing then */
    static TailSigner start(Journal journal, Path keyFolder, LogKeys keys, boolean lost) {
        try {
            if (lost) {
                JournalTail.forget(keyFolder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the signed end of the journal that was lost cannot be removed", e);
        }
        TailSigner signer = new TailSigner(journal, new JournalTail(keyFolder, keys));
        signer.thread.start();
        return signer;
    }

    private void run() {
        try {
            while (!stop.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                sign();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sign();
    }

    private void sign() {
        ChainHead end = journal.written().orElse(null);
        if (end == null) {
            return;
        }
        try {
            tail.sign(end.seq(), end.hash());
            failed = false;
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                LOG.warn("The end of the journal is not signed, and is tried again: {}", e.getMessage());
            }
            failed = true;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(Duration.ofSeconds(10));
    }
}
