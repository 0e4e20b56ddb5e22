package bulwark.kernel.tls;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.Digests;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls back when the content of the files changes; polls, because mounted secrets do not always raise events. */
final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** Material that was refused may become good by the passing of time alone (not yet valid). */
    private static final int RETRY_REFUSED_AFTER_POLLS = 60;

    private final List<ConfiguredPath> files;
    private final Reaction reaction;
    private final EssentialThread thread = EssentialThread.platform("tls-watch", this::run);
    private final AtomicBoolean started = new AtomicBoolean();
    private String seen = "";
    private boolean good = true;
    private int polls;

    /** Loads the files. */
    interface Reaction {
        /** @return whether the present content of the files is in use */
        boolean changed();
    }

    /** Of files whose present content is in use. */
    FileWatch(List<ConfiguredPath> files, Reaction reaction) {
        this.files = List.copyOf(files);
        this.reaction = reaction;
    }

    /** Once; another call does nothing. */
    void start() {
        if (!files.isEmpty() && started.compareAndSet(false, true)) {
            seen = digest();
            thread.start();
        }
    }

    private void run() {
        // Begun anew after an Error: what was being loaded then is not in use.
        boolean again = !good;
        while (true) {
            try {
                Thread.sleep(POLL_INTERVAL);
            } catch (InterruptedException closed) {
                return;
            }
            String now = digest();
            polls++;
            if (again || !now.equals(seen) || (!good && polls % RETRY_REFUSED_AFTER_POLLS == 0)) {
                seen = now;
                again = false;
                good = false;
                try {
                    good = reaction.changed();
                } catch (RuntimeException e) {
                    LOG.error(
                            "Watching TLS material failed; the material in use stays, and the next change is tried", e);
                }
            }
        }
    }

    private String digest() {
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (ConfiguredPath file : files) {
            try {
                digests.writeBytes(Digests.sha256(Pem.read(file)));
            } catch (TlsRefused unreadable) {
                digests.write(0);
            }
        }
        return Digests.sha256Hex(digests.toByteArray());
    }

    @Override
    public void close() {
        thread.thread().interrupt();
    }
}
