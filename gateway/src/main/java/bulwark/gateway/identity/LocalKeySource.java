package bulwark.gateway.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.JsonWebKey;
import bulwark.kernel.signing.Signing;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The public keys of {@link LocalTokenIssuer}'s ring, read again at most once a second, so that rotation and distrust by a command hold here within a second. Thread-safe. */
public final class LocalKeySource implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(LocalKeySource.class);
    private static final Duration READ_INTERVAL = Duration.ofSeconds(1);

    private final Path ring;
    private final Signing signing;
    private final Clock clock;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile IssuerKeys keys = IssuerKeys.NONE;
    private volatile Instant read = Instant.EPOCH;

    /** @param ring see {@link LocalTokenIssuer#ring} */
    public LocalKeySource(Path ring, Signing signing, Clock clock) {
        this.ring = ring;
        this.signing = signing;
        this.clock = clock;
        refresh();
    }

    @Override
    public KeyLookup find(@Nullable String kid) {
        VerificationKey known = keys.find(kid);
        if (known == null) {
            refresh();
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

    @Override
    public void refresh() {
        reading.lock();
        try {
            Instant now = clock.instant();
            if (!now.isBefore(read.plus(READ_INTERVAL))) {
                read = now;
                keys = keys.replacedBy(trusted(now));
            }
        } catch (KeyRefused | UncheckedIOException e) {
            LOG.warn(
                    "The keys of locally issued tokens cannot be read, and those known stay in force: {}",
                    e.getMessage());
        } finally {
            reading.unlock();
        }
    }

    private IssuerKeys trusted(Instant now) {
        Map<String, VerificationKey> byId = new HashMap<>();
        for (KeyEntry entry : KeyRing.publicEntries(ring)) {
            if (LocalTokenIssuer.isTrusted(entry, now)) {
                byte[] jwk = StrictJson.write(Map.of(
                        "kty", "OKP", "crv", "Ed25519", "kid", entry.id(), "x", Base64Url.text(entry.publicKey())));
                byId.put(entry.id(), new VerificationKey(JsonWebKey.parse(StrictJson.parse(jwk), signing)));
            }
        }
        return new IssuerKeys(byId);
    }
}
