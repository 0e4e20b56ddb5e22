package bulwark.facts.identity;

import bulwark.facts.AccessTables;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.keys.Ed25519SeedText;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings ring, store and environment into agreement for one kind of key, or refuses with a remedy. */
final class KeyReconciler {
    private final KeyKind kind;
    private final KeyRing ring;
    private final Store store;
    private final AuditLog audit;
    private final Signing signing;
    private final Clock clock;
    private final List<String> warnings = new ArrayList<>();

    KeyReconciler(KeyKind kind, KeyRing ring, Store store, AuditLog audit, Signing signing, Clock clock) {
        this.kind = kind;
        this.ring = ring;
        this.store = store;
        this.audit = audit;
        this.signing = signing;
        this.clock = clock;
    }

    /** @return sentences for the start-up log @throws KeyRefused */
    List<String> run(IdentitySettings settings) {
        Optional<SecretBytes> seed = settings.seed(kind).map(this::decode);
        Optional<Manifest> manifest = store.read(tx -> ManifestTable.find(tx, kind.entity(settings.nodeUrl())));
        finishRotations();
        if (ring.current().isEmpty()) {
            fillEmptyRing(seed, manifest);
        } else if (seed.isPresent()) {
            compare(seed.get());
        }
        return List.copyOf(warnings);
    }

    /** A kill between the steps of a rotation leaves an announced key: committed ones are promoted, others never were. */
    private void finishRotations() {
        for (KeyEntry entry : ring.entries()) {
            if (entry.status() == KeyStatus.ANNOUNCED) {
                Optional<KeyRotation> committed = store.read(tx -> ManifestTable.rotationTo(tx, entry.id()));
                if (committed.isPresent()) {
                    requireAudited(entry.id());
                    ring.promote(entry.id(), remaining(committed.get()));
                    warnings.add("An interrupted rotation was completed: the " + kind.wire() + " key is now "
                            + entry.id() + ". Put its seed into " + kind.variable() + " if you set that variable.");
                } else {
                    ring.withdraw(entry.id());
                    warnings.add("An interrupted rotation of the " + kind.wire() + " key was withdrawn: key "
                            + entry.id() + " was never published.");
                }
            }
        }
    }

    private void requireAudited(String newKeyId) {
        if (!store.read(tx -> audit.guardedRows().vouchesFor(tx, AccessTables.KEY_ROTATIONS, newKeyId))) {
            throw new KeyRefused("The row of key_rotations about the " + kind.wire() + " key " + newKeyId
                    + " is not what the audit log says: the store was changed by something else than this node."
                    + " Restore it from a backup; stigmem fsck shows what else differs.");
        }
    }

    private Duration remaining(KeyRotation rotation) {
        Duration left = Duration.between(clock.instant(), Instant.parse(rotation.dualTrustExpiresAt()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void fillEmptyRing(Optional<SecretBytes> seed, Optional<Manifest> manifest) {
        Optional<String> given = seed.map(bytes -> signing.signer(bytes).keyId());
        if (manifest.isPresent() && !given.equals(Optional.of(manifest.get().keyId()))) {
            throw new KeyRefused("The " + kind.wire() + " key ring is empty, but the manifest of "
                    + manifest.get().entityUri() + " names key "
                    + manifest.get().keyId()
                    + ". Restore the key ring directory from its backup, or set " + kind.variable()
                    + " to the seed of that key.");
        }
        KeyEntry first = ring.announce(seed.orElseGet(signing::random32));
        ring.promote(first.id(), Duration.ZERO);
        warnings.add(
                seed.isPresent()
                        ? "The " + kind.wire() + " key " + first.id() + " was taken from " + kind.variable()
                                + " into the key ring."
                        : "A new " + kind.wire() + " key " + first.id() + " was generated into the key ring.");
    }

    private void compare(SecretBytes seed) {
        String id = signing.signer(seed).keyId();
        String current = ring.signer().keyId();
        if (id.equals(current)) {
            return;
        }
        Optional<KeyEntry> known = ring.byId(id).filter(this::stillTrusted);
        if (known.isEmpty()) {
            throw new KeyRefused(
                    kind.variable() + " holds key " + id + ", which this node does not know as current or retiring;"
                            + " its current " + kind.wire() + " key is " + current + ". Remove " + kind.variable()
                            + " or set it to the seed that the last rotation printed; to introduce a key of your own, rotate.");
        }
        warnings.add("SECURITY WARNING: " + kind.variable() + " still holds the retiring key " + id
                + "; the key ring's current key " + current + " signs. Set " + kind.variable()
                + " to the seed that the last rotation printed.");
    }

    private boolean stillTrusted(KeyEntry entry) {
        return entry.status() == KeyStatus.RETIRING
                && entry.trustedUntil() != null
                && entry.trustedUntil().isAfter(clock.instant());
    }

    private SecretBytes decode(SecretBytes text) {
        SecretBytes seed = Ed25519SeedText.parse(kind.variable(), text);
        if (CompromisedSecrets.contains(seed) || CompromisedSecrets.contains(text)) {
            throw new KeyRefused(
                    kind.variable() + " holds a published example key, which everybody knows. Remove it and this"
                            + " node generates a key of its own.");
        }
        return seed;
    }
}
