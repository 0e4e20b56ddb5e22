package bulwark.kernel.keys;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The Ed25519 keys of one purpose in one owner-only directory: {@code ring.json} (synced, replaced by rename) and one
 * {@code <id>.seed} (0600, base64url) for each key. Every step is synced before it returns, and a kill between any two steps leaves
 * a ring that opens and signs: a seed is always written before the ring names it and deleted after the ring forgot it, and a
 * promotion is one rename. A seed that the ring does not name is ignored. Thread-safe; one process at a time. A seed that does not
 * match its public key, a file that others can touch, and a published seed are refused at open with {@link KeyRefused}.
 * A failure to write is an {@link UncheckedIOException} and leaves the ring in memory as it was.
 */
public final class KeyRing {
    private final RingFile file;
    private final SeedFiles seeds;
    private final Clock clock;
    private final ReentrantLock changing = new ReentrantLock();
    private final Map<String, Ed25519Signer> signers = new ConcurrentHashMap<>();
    private volatile List<KeyEntry> entries;

    private KeyRing(RingFile file, SeedFiles seeds, Clock clock, List<KeyEntry> entries) {
        this.file = file;
        this.seeds = seeds;
        this.clock = clock;
        this.entries = List.copyOf(entries);
    }

    /**
     * Opens or creates the directory (0700). An empty ring has no current key.
     *
     * @throws KeyRefused when what lies there must not be used
     */
    public static KeyRing open(Path directory, Signing signing, Clock clock) {
        try {
            OwnerOnlyFiles.createDirectory(directory);
            RingFile file = new RingFile(directory);
            KeyRing ring = new KeyRing(file, new SeedFiles(directory, signing), clock, file.read());
            ring.check(directory);
            return ring;
        } catch (IOException e) {
            throw new UncheckedIOException("the key ring " + directory + " cannot be opened", e);
        }
    }

    /**
     * The entries of a ring without their secrets and without creating anything; empty when there is no ring.
     *
     * @throws KeyRefused when {@code ring.json} must not be used
     */
    public static List<KeyEntry> publicEntries(Path directory) {
        try {
            return List.copyOf(new RingFile(directory).read());
        } catch (IOException e) {
            throw new UncheckedIOException("the key ring " + directory + " cannot be read", e);
        }
    }

    private void check(Path directory) throws IOException {
        long current = entries.stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT)
                .count();
        if (current > 1 || entries.stream().map(KeyEntry::id).distinct().count() < entries.size()) {
            throw new KeyRefused(
                    "the key ring " + directory + " names one key twice or two current keys: restore it from a backup");
        }
        for (KeyEntry entry : entries) {
            boolean mustSign = entry.status() == KeyStatus.CURRENT || entry.status() == KeyStatus.ANNOUNCED;
            if (mustSign || seeds.exists(entry.id())) {
                signers.put(entry.id(), seeds.signer(entry));
            }
        }
    }

    /** All keys in the order of their arrival, with their status now. */
    public List<KeyEntry> entries() {
        Instant now = clock.instant();
        return entries.stream().map(entry -> entry.at(now)).toList();
    }

    /** The keys whose signatures are to be trusted now: the current one and those retiring. */
    public List<KeyEntry> trusted() {
        return entries().stream().filter(KeyEntry::verifies).toList();
    }

    public Optional<KeyEntry> current() {
        return entries().stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT)
                .findFirst();
    }

    public Optional<KeyEntry> byId(String id) {
        return entries().stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    /**
     * Signer of the key that is current now. Ask anew for each piece of work: the answer changes at a promotion, while one
     * signer keeps its key, so that the id and the signature that a caller takes from it always belong together.
     *
     * @throws KeyRefused when the ring has no current key
     */
    public Ed25519Signer signer() {
        for (KeyEntry entry : entries) {
            if (entry.status() == KeyStatus.CURRENT) {
                return signer(entry.id());
            }
        }
        throw new KeyRefused("the key ring has no current key: announce one and promote it");
    }

    /**
     * Signer of any entry whose seed is in the ring (a retiring key signs its rotation event).
     *
     * @throws KeyRefused when the ring holds no seed of that id
     */
    public Ed25519Signer signer(String id) {
        Ed25519Signer signer = signers.get(id);
        if (signer == null) {
            throw new KeyRefused("the key ring holds no seed of the key " + id);
        }
        return signer;
    }

    /**
     * A secret of 32 bytes for another algorithm, which follows from a seed of the ring and goes with it: HMAC-SHA256 of the purpose.
     *
     * @param purpose ASCII
     * @throws KeyRefused when the ring does not hold the key or its seed
     */
    public SecretBytes derive(String id, String purpose) {
        KeyEntry entry = byId(id).orElseThrow(() -> new KeyRefused("the key ring does not hold the key " + id));
        try {
            return seeds.derive(entry, purpose);
        } catch (IOException e) {
            throw new UncheckedIOException("the seed of the key " + id + " cannot be read", e);
        }
    }

    /**
     * Writes the seed 0600, syncs it and the directory, records it as ANNOUNCED. The first key of an empty ring may be
     * promoted with a zero window. Idempotent by key id.
     *
     * @throws KeyRefused for a published seed or one that has not 32 bytes
     */
    public KeyEntry announce(SecretBytes seed) {
        Ed25519Signer signer = seeds.signerOf(seed, "the seed to announce");
        String id = signer.keyId();
        return change(id, () -> {
            Optional<KeyEntry> known = byId(id);
            if (known.isPresent()) {
                return known.get();
            }
            KeyEntry entry = new KeyEntry(id, KeyStatus.ANNOUNCED, signer.publicKey(), clock.instant(), null, null);
            seeds.write(id, seed);
            List<KeyEntry> changed = new ArrayList<>(entries);
            changed.add(entry);
            replace(changed);
            signers.put(id, signer);
            return entry;
        });
    }

    /**
     * The announced key becomes CURRENT; the former current one RETIRING until now + dualTrust. Promoting the current key changes
     * nothing.
     *
     * @throws KeyRefused when the ring does not hold the key or it has left service
     */
    public KeyEntry promote(String id, Duration dualTrust) {
        if (dualTrust.isNegative()) {
            throw new IllegalArgumentException("a dual-trust window is not negative");
        }
        return change(id, () -> {
            KeyEntry promoted = byId(id).orElseThrow(() -> new KeyRefused("the key ring does not hold the key " + id));
            if (promoted.status() == KeyStatus.CURRENT) {
                return promoted;
            }
            if (promoted.status() != KeyStatus.ANNOUNCED) {
                throw new KeyRefused(
                        "the key " + id + " has left service and does not come back: announce a fresh one");
            }
            Instant now = clock.instant();
            replace(entries.stream()
                    .map(entry -> entry.id().equals(id)
                            ? entry.promoted()
                            : entry.status() == KeyStatus.CURRENT ? entry.retiring(now, now.plus(dualTrust)) : entry)
                    .toList());
            return promoted.promoted();
        });
    }

    /**
     * Drops an ANNOUNCED key and its seed (a rotation that did not commit). A key that the ring does not hold is dropped already.
     *
     * @throws KeyRefused when the key is or was in service
     */
    public void withdraw(String id) {
        change(id, () -> {
            Optional<KeyEntry> known = byId(id);
            if (known.isPresent() && known.get().status() != KeyStatus.ANNOUNCED) {
                throw new KeyRefused("the key " + id + " is or was in service and cannot be withdrawn: rotate it");
            }
            replace(entries.stream().filter(entry -> !entry.id().equals(id)).toList());
            signers.remove(id);
            seeds.delete(id);
            return id;
        });
    }

    /**
     * Ends all trust in a former key at once: its signatures count no more, whatever date they bear, and its seed is deleted. The entry stays, so that the key cannot
     * come back. Distrusting it again changes nothing.
     *
     * @throws KeyRefused when the ring does not hold the key, or when it still signs: promote another first
     */
    public void distrust(String id) {
        change(id, () -> {
            KeyEntry known = byId(id).orElseThrow(() -> new KeyRefused("the key ring does not hold the key " + id));
            if (known.status() == KeyStatus.CURRENT || known.status() == KeyStatus.ANNOUNCED) {
                throw new KeyRefused("the key " + id + " signs or is about to: rotate it before it is distrusted");
            }
            replace(entries.stream()
                    .map(entry -> entry.id().equals(id) ? entry.distrusted() : entry)
                    .toList());
            signers.remove(id);
            seeds.delete(id);
            return id;
        });
    }

    /**
     * Deletes the seed of a key whose window is over, so that nobody signs with it any more; what it signed can still be verified. Again changes nothing.
     *
     * @throws KeyRefused when the ring does not hold the key, or while it signs or is trusted
     */
    public void deleteSeed(String id) {
        change(id, () -> {
            KeyEntry known = byId(id).orElseThrow(() -> new KeyRefused("the key ring does not hold the key " + id));
            if (known.status() != KeyStatus.RETIRED && known.status() != KeyStatus.DISTRUSTED) {
                throw new KeyRefused("the key " + id + " is " + known.status()
                        + " and needs its seed: rotate it and wait for the end of its window");
            }
            signers.remove(id);
            seeds.delete(id);
            return id;
        });
    }

    private void replace(List<KeyEntry> changed) throws IOException {
        if (!changed.equals(entries)) {
            file.write(changed);
            entries = List.copyOf(changed);
        }
    }

    private <T> T change(String id, Change<T> change) {
        changing.lock();
        try {
            return change.apply();
        } catch (IOException e) {
            throw new UncheckedIOException("the key ring could not be written while changing the key " + id, e);
        } finally {
            changing.unlock();
        }
    }

    /** One durable step. */
    @FunctionalInterface
    private interface Change<T> {
        T apply() throws IOException;
    }
}
