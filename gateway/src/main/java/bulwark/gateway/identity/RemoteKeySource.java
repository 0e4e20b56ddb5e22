package bulwark.gateway.identity;

import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key set of an issuer, fetched from its URL (RFC 7517). One fetch in each cooldown, whatever comes: an unknown {@code kid} asks for one, and so does the age of the set. When a
 * fetch fails the last good set stays in force, across restarts too. Thread-safe.
 */
public final class RemoteKeySource implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeySource.class);

    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** A part of those that {@link FirstSightGate} lets in: tokens of known keys are verified beside them. */
    static final int MAX_WAITING = FirstSightGate.MAX_UNDER_WAY / 4;

    private final KeySetFetch fetch;
    private final KeySetFile file;
    private final Signing signing;
    private final Clock clock;
    private final Duration cooldown;
    private final Duration maxAge;
    private final ReentrantLock fetching = new ReentrantLock();
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile IssuerKeys keys;
    private volatile @Nullable Instant tried;
    private volatile Instant fetched = Instant.EPOCH;
    private volatile @Nullable String problem;

    /** Gets the bytes of the set. */
    @FunctionalInterface
    public interface KeySetFetch {
        /** Blocks for some seconds at most. @throws IOException with a sentence */
        byte[] get() throws IOException;
    }

    /** Starts with the last good set, if there is one; nothing is fetched yet. */
    public RemoteKeySource(
            KeySetFetch fetch, KeySetFile file, Duration cooldown, Duration maxAge, Signing signing, Clock clock) {
        this.fetch = fetch;
        this.file = file;
        this.cooldown = cooldown;
        this.maxAge = maxAge;
        this.signing = signing;
        this.clock = clock;
        this.keys = file.read(signing);
    }

    @Override
    public KeyLookup find(@Nullable String kid) {
        VerificationKey known = keys.find(kid);
        if (known == null) {
            if (!waiting.tryAcquire()) {
                return new KeyLookup.Busy();
            }
            try {
                fetchUnlessCoolingDown();
            } finally {
                waiting.release();
            }
            known = keys.find(kid);
        }
        if (known != null) {
            return new KeyLookup.Found(known);
        }
        return hasKeys() ? new KeyLookup.Unknown() : new KeyLookup.NoKeySet();
    }

    @Override
    public boolean hasKeys() {
        return !keys.byId().isEmpty();
    }

    /** A sentence while the last fetch has failed; null when all is well. */
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public void refresh() {
        if (isOld()) {
            fetchUnlessCoolingDown();
        }
    }

    private boolean isOld() {
        return !clock.instant().isBefore(fetched.plus(maxAge));
    }

    private boolean isCoolingDown() {
        Instant last = tried;
        return last != null && clock.instant().isBefore(last.plus(cooldown));
    }

    /** Those who come while a fetch is under way wait for it a while: they have a token that nothing known can verify. */
    private void fetchUnlessCoolingDown() {
        if (isCoolingDown() && !fetching.isLocked()) {
            return;
        }
        try {
            if (!fetching.tryLock(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (!isCoolingDown()) {
                tried = clock.instant();
                fetchOnce();
            }
        } finally {
            fetching.unlock();
        }
    }

    private void fetchOnce() {
        try {
            byte[] json = fetch.get();
            IssuerKeys newer = IssuerKeys.parse(json, signing);
            keys = keys.replacedBy(newer);
            fetched = clock.instant();
            problem = null;
            file.write(json);
        } catch (IOException | IllegalArgumentException e) {
            problem = "The key set of the issuer could not be fetched: " + e.getMessage();
            LOG.warn("{} The last good set stays in force.", problem);
        }
    }
}
