package bulwark.facts.identity;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who this node is: its two key rings, reconciled with the store and the environment, and the manifests that publish them.
 * Thread-safe; {@link #published()} is one volatile read.
 */
public final class NodeIdentity {
    public static final String TENANT = "default";
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private final Store store;
    private final AuditLog audit;
    private final LogSubmitter submitter;
    private final RotationSubmitter rotations;
    private final NodeKeys keys;
    private final Signing signing;
    private final Clock clock;
    private final String nodeUrl;
    private final OwnManifestCheck ownManifest;
    private final List<String> warnings = new ArrayList<>();
    private volatile PublishedIdentity published;

    /**
     * Reconciles and, where no current manifest stands for this node's URL, publishes one. Call before the outbox starts.
     *
     * @throws bulwark.kernel.secrets.KeyRefused when environment, rings and store cannot all be right
     */
    public static NodeIdentity start(
            Store store,
            AuditLog audit,
            LogSubmitter submitter,
            NodeKeys keys,
            Signing signing,
            Clock clock,
            IdentitySettings settings) {
        return new NodeIdentity(store, audit, submitter, keys, signing, clock, settings);
    }

    private NodeIdentity(
            Store store,
            AuditLog audit,
            LogSubmitter submitter,
            NodeKeys keys,
            Signing signing,
            Clock clock,
            IdentitySettings settings) {
        this.store = store;
        this.audit = audit;
        this.submitter = submitter;
        this.rotations = new RotationSubmitter(submitter, keys);
        this.keys = keys;
        this.signing = signing;
        this.clock = clock;
        this.nodeUrl = settings.nodeUrl();
        this.ownManifest = new OwnManifestCheck(signing);
        try {
            for (KeyKind kind : KeyKind.values()) {
                warnings.addAll(new KeyReconciler(kind, kind.ring(keys), store, audit, signing, clock).run(settings));
                publishIfDue(kind);
            }
            published = load();
        } catch (ManifestRefused e) {
            throw OwnManifestCheck.refused(nodeUrl, String.valueOf(e.getMessage()));
        }
    }

    public PublishedIdentity published() {
        return published;
    }

    /** Sentences about what the start found, for the log. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    public String nodeUrl() {
        return nodeUrl;
    }

    /** {@code <node_url>/issuer}: the entity that issues capability tokens. */
    public String issuerEntity() {
        return KeyKind.ISSUER.entity(nodeUrl);
    }

    public NodeKeys keys() {
        return keys;
    }

    /** The stored manifest of any entity, not yet believed. */
    public Optional<Manifest> manifest(String entityUri) {
        return store.read(tx -> ManifestTable.find(tx, entityUri));
    }

    /** For callers: of the node and its issuer what was checked when it was loaded or published, whatever stands in the store now; of others what the audit log vouches for. */
    Optional<Manifest> served(String entityUri) {
        PublishedIdentity own = published;
        if (entityUri.equals(own.node().entityUri())) {
            return Optional.of(own.node());
        }
        if (entityUri.equals(own.issuer().entityUri())) {
            return Optional.of(own.issuer());
        }
        return store.read(tx -> audit.guardedRows().vouchesFor(tx, AccessTables.MANIFESTS, entityUri)
                ? ManifestTable.find(tx, entityUri)
                : Optional.empty());
    }

    /** Publishes anew what expires within thirty days; to be called daily. */
    public void renew() {
        for (KeyKind kind : KeyKind.values()) {
            publishIfDue(kind);
        }
        reload();
    }

    /** Hands in both keys, by the age at which they should have been rotated, and both manifests. */
    public void watch(ExpiryMonitor monitor) {
        for (KeyKind kind : KeyKind.values()) {
            monitor.watch(kind.wire(), () -> kind.ring(keys).current().map(key -> keyExpiry(key, kind)));
        }
        monitor.watch("node_manifest", () -> Optional.of(expiryOf(published.node())));
        monitor.watch("issuer_manifest", () -> Optional.of(expiryOf(published.issuer())));
    }

    private static Expiry keyExpiry(KeyEntry key, KeyKind kind) {
        return new Expiry(
                key.created(),
                key.created().plus(kind.maxAge()),
                "Run: stigmem identity rotate-key --kind " + kind.wire());
    }

    private static Expiry expiryOf(Manifest manifest) {
        return new Expiry(
                null,
                manifest.expires(),
                "The node renews it " + RENEW_BEFORE.toDays() + " days before: read why it did not in its log.",
                RENEW_BEFORE.dividedBy(2));
    }

    Store store() {
        return store;
    }

    AuditLog audit() {
        return audit;
    }

    public LogSubmitter submitter() {
        return submitter;
    }

    RotationSubmitter rotations() {
        return rotations;
    }

    Signing signing() {
        return signing;
    }

    Clock clock() {
        return clock;
    }

    /** Serves and accepts what the store and the rings say now. */
    void reload() {
        published = load();
    }

    /** Stores a manifest as the entity's current one and sends it to the log, all in the caller's transaction. */
    void store(WriteTx tx, Manifest manifest) throws SQLException {
        ManifestTable.store(tx, manifest, TENANT, Timestamps.offset(clock.instant()));
        submitter.enqueue(tx, manifest.logKey(), manifest.members());
    }

    private void publishIfDue(KeyKind kind) {
        KeyRing ring = kind.ring(keys);
        String entity = kind.entity(nodeUrl);
        Ed25519Signer signer = ring.signer();
        Optional<Manifest> stored = manifest(entity);
        Instant now = clock.instant();
        if (stored.isEmpty()) {
            publish(Manifest.sign(entity, entities(), now, now.plus(Manifest.VALIDITY), List.of(), signer));
        } else if (!stored.get().keyId().equals(signer.keyId())) {
            requireKnown(stored.get(), ring, signer);
            requireOwn(stored.get(), ring);
            publish(catchUp(stored.get(), ring, signer, now));
        } else {
            List<RotationEvent> events = believedEvents(stored.get(), ring);
            boolean expiring = stored.get().expires().isBefore(now.plus(RENEW_BEFORE));
            if (expiring || !events.equals(stored.get().rotationEvents())) {
                requireOwn(stored.get(), ring);
                publish(Manifest.sign(
                        entity, stored.get().entities(), now, now.plus(Manifest.VALIDITY), events, signer));
            }
        }
    }

    /** What is signed over was judged before. @throws bulwark.kernel.secrets.KeyRefused when the store was changed by something else */
    void requireOwn(Manifest stored, KeyRing ring) {
        ownManifest.check(stored, ring, entities());
        store.read(tx -> {
            requireAudited(tx, stored);
            return stored;
        });
    }

    /** A signature alone does not tell the newest manifest from an older one of the same key. */
    private void requireAudited(ReadTx tx, Manifest stored) throws SQLException {
        if (!audit.guardedRows().vouchesFor(tx, AccessTables.MANIFESTS, stored.entityUri())) {
            throw OwnManifestCheck.refused(
                    stored.entityUri(), "the audit log names another one as the newest, or none at all");
        }
    }

    /** Without those that lead from a distrusted key: a manifest must not hand it to anybody. */
    private static List<RotationEvent> believedEvents(Manifest stored, KeyRing ring) {
        List<RotationEvent> events = stored.rotationEvents();
        for (KeyEntry entry : ring.entries()) {
            if (entry.status() == KeyStatus.DISTRUSTED) {
                List<RotationEvent> after = stored.eventsAfter(entry.id());
                events = after.size() < events.size() ? after : events;
            }
        }
        return events;
    }

    /** The ring is ahead of the store, as after restoring an older snapshot: the key that the store still names vouches for the ring's. */
    private Manifest catchUp(Manifest stored, KeyRing ring, Ed25519Signer signer, Instant now) {
        warnings.add(
                "SECURITY WARNING: the database names the older key " + stored.keyId() + " for " + stored.entityUri()
                        + "; a manifest for the key ring's current key " + signer.keyId() + " was published.");
        return stored.rotated(ring.signer(stored.keyId()), signer, now);
    }

    private static void requireKnown(Manifest stored, KeyRing ring, Ed25519Signer signer) {
        boolean known = ring.byId(stored.keyId())
                .filter(entry -> entry.status() == KeyStatus.RETIRING)
                .isPresent();
        if (!known) {
            throw new bulwark.kernel.secrets.KeyRefused(
                    "The manifest of " + stored.entityUri() + " names key " + stored.keyId()
                            + ", but the key ring's current key is " + signer.keyId()
                            + " and does not know the other. Restore the key ring directory that belongs to this database.");
        }
    }

    private void publish(Manifest manifest) {
        ManifestRules.check(manifest, null, signing);
        store.write(tx -> {
            store(tx, manifest);
            return audit.guardedRows()
                    .append(
                            tx,
                            event(manifest, Map.of("leaf_hash", manifest.leafHash())),
                            AccessTables.MANIFESTS,
                            manifest.entityUri());
        });
    }

    AuditEvent event(Manifest manifest, Map<String, String> more) {
        Map<String, Object> detail = new java.util.LinkedHashMap<>(more);
        detail.put("entity_uri", manifest.entityUri());
        detail.put("key_id", manifest.keyId());
        detail.put("expires_at", manifest.expiresAt());
        return FactsAuditEvents.MANIFEST_PUBLISH.event(nodeUrl, TENANT, null, null, detail);
    }

    private List<String> entities() {
        return List.of(nodeUrl, issuerEntity());
    }

    private PublishedIdentity load() {
        return store.read(tx -> {
            Manifest node = ManifestTable.find(tx, nodeUrl).orElseThrow();
            Manifest issuer = ManifestTable.find(tx, issuerEntity()).orElseThrow();
            ownManifest.check(node, keys.node(), entities());
            ownManifest.check(issuer, keys.issuer(), entities());
            requireAudited(tx, node);
            requireAudited(tx, issuer);
            return PublishedIdentity.of(node, issuer, keys.node().signer(node.keyId()), issuerKeys(issuer));
        });
    }

    /** The manifest is checked before; how long a former key is trusted stands in the ring, never in the store. */
    private List<TrustedKey> issuerKeys(Manifest issuer) {
        List<TrustedKey> accepted = new ArrayList<>();
        accepted.add(new TrustedKey(issuer.keyId(), verifier(issuer.publicKey()), null));
        for (RotationEvent event : issuer.rotationEvents().reversed()) {
            if (!event.previousPublicKey().isEmpty() && !distrusted(event.previousKeyId())) {
                accepted.add(new TrustedKey(
                        event.previousKeyId(), verifier(event.previousPublicKey()), trustedUntil(event)));
            }
        }
        return accepted;
    }

    private boolean distrusted(String keyId) {
        return keys.issuer()
                .byId(keyId)
                .filter(entry -> entry.status() == KeyStatus.DISTRUSTED)
                .isPresent();
    }

    /** For a key that the ring does not hold: the shortest window that a rotation can have, from the signed time of the rotation. */
    private Instant trustedUntil(RotationEvent event) {
        return keys.issuer()
                .byId(event.previousKeyId())
                .flatMap(entry -> Optional.ofNullable(entry.trustedUntil()))
                .orElseGet(() -> Instant.parse(event.rotatedAt()).plus(KeyRotation.MIN_DUAL_TRUST));
    }

    private bulwark.kernel.signing.Ed25519Verifier verifier(String publicKey) {
        return signing.verifier(Base64Url.exactly(32, publicKey).orElseThrow());
    }
}
