package bulwark.facts.identity;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Replaces the node or the issuer key: checks, then the new seed into the ring, then one transaction (manifest, audit row,
 * log entries in the outbox), then the new key signs. A kill between any two steps is mended by the next start. The same
 * class serves the running node and the command that runs without one. Thread-safe; one rotation at a time.
 */
public final class Rotation {
    private static final Duration LOG_TIMEOUT = Duration.ofSeconds(10);
    private static final long MAX_DUAL_TRUST_DAYS = 3650;

    private final NodeIdentity identity;
    private final Step step;
    private final Duration logTimeout;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    public Rotation(NodeIdentity identity) {
        this(identity, reached -> {});
    }

    Rotation(NodeIdentity identity, Step step) {
        this(identity, step, LOG_TIMEOUT);
    }

    Rotation(NodeIdentity identity, Step step, Duration logPatience) {
        this.identity = identity;
        this.step = step;
        this.logTimeout = logPatience;
    }

    /** Told after each step that a kill could follow. */
    @FunctionalInterface
    interface Step {
        void reached(String name);
    }

    /**
     * The rotation, or with {@code dryRun} everything that could refuse it.
     *
     * @param dualTrustDays how long the old key stays trusted, at least 90
     * @throws ApiRefusal with the sentence that the command prints; nothing has changed then
     */
    public RotationResult rotate(KeyKind kind, boolean dryRun, long dualTrustDays) {
        oneAtATime.lock();
        try {
            Plan plan = check(kind, dualTrustDays);
            return dryRun ? dryRun(plan) : commit(plan);
        } finally {
            oneAtATime.unlock();
        }
    }

    /** What the checks found. */
    private record Plan(
            KeyKind kind, KeyRing ring, Ed25519Signer old, Manifest manifest, Instant now, Duration dualTrust) {
        String dualTrustEnd() {
            return Timestamps.zulu(now.plus(dualTrust));
        }
    }

    private Plan check(KeyKind kind, long dualTrustDays) {
        if (dualTrustDays < KeyRotation.MIN_DUAL_TRUST.toDays()) {
            throw new ApiRefusal(
                    INVALID,
                    "dual_trust_too_short",
                    "dual_trust_days must be ≥ 90 (max token TTL §19.3.2); got " + dualTrustDays);
        }
        if (dualTrustDays > MAX_DUAL_TRUST_DAYS) {
            throw new ApiRefusal(
                    INVALID,
                    "dual_trust_too_long",
                    "dual_trust_days must be ≤ " + MAX_DUAL_TRUST_DAYS + "; got " + dualTrustDays);
        }
        KeyRing ring = kind.ring(identity.keys());
        if (ring.current().isEmpty()) {
            throw new ApiRefusal(
                    CONFLICT, "key_not_configured", kind.variable() + " is not configured — cannot rotate");
        }
        Ed25519Signer old = usable(kind, ring);
        String entity = kind.entity(identity.nodeUrl());
        Manifest manifest = identity.manifest(entity)
                .orElseThrow(
                        () -> new ApiRefusal(
                                CONFLICT,
                                "manifest_not_found",
                                "no manifest found for '" + entity
                                        + "' in federation_manifests\nPublish a manifest first via PUT /v1/federation/manifest"));
        if (!manifest.keyId().equals(old.keyId())) {
            throw new ApiRefusal(
                    CONFLICT,
                    "manifest_of_another_key",
                    "the key ring's current key " + old.keyId() + " is not the key " + manifest.keyId()
                            + " of the manifest of '" + entity + "'; restart the node, which brings both together");
        }
        try {
            identity.requireOwn(manifest, ring);
        } catch (KeyRefused e) {
            throw new ApiRefusal(CONFLICT, "manifest_not_own", String.valueOf(e.getMessage()));
        }
        requireLog();
        Instant now = Timestamps.toMicros(identity.clock().instant());
        return new Plan(kind, ring, old, manifest, now, Duration.ofDays(dualTrustDays));
    }

    private static Ed25519Signer usable(KeyKind kind, KeyRing ring) {
        try {
            return ring.signer();
        } catch (KeyRefused | FileRefused e) {
            throw new ApiRefusal(
                    CONFLICT, "key_unusable", "the current " + kind.wire() + " key cannot be used: " + e.getMessage());
        }
    }

    private void requireLog() {
        if (identity.submitter().log().backend().equals("off")) {
            return;
        }
        try {
            identity.submitter().log().ping();
        } catch (LogUnavailable e) {
            throw new ApiRefusal(UNAVAILABLE, "log_unavailable", "transparency log unavailable: " + e.getMessage());
        }
    }

    private RotationResult dryRun(Plan plan) {
        SecretBytes seed = identity.signing().random32();
        Ed25519Signer next = identity.signing().signer(seed);
        ManifestRules.check(plan.manifest().rotated(plan.old(), next, plan.now()), plan.manifest(), identity.signing());
        return answer(plan, true, next.keyId(), seed, Optional.empty(), Optional.empty());
    }

    private RotationResult commit(Plan plan) {
        SecretBytes seed = identity.signing().random32();
        KeyEntry announced = plan.ring().announce(seed);
        step.reached("announced");
        Manifest next = store(plan, announced);
        step.reached("stored");
        // Verifiers learn the new key before anything is signed with it, so no caller meets an unknown key.
        identity.reload();
        plan.ring().promote(announced.id(), plan.dualTrust());
        step.reached("promoted");
        identity.reload();
        Optional<LogAnchor> manifest = identity.submitter().await(next.logKey(), logTimeout);
        Optional<LogAnchor> rotation =
                manifest.flatMap(placed -> identity.submitter().await(KeyRotation.logKey(announced.id()), logTimeout));
        step.reached("anchored");
        return answer(plan, false, announced.id(), seed, manifest, rotation);
    }

    private Manifest store(Plan plan, KeyEntry announced) {
        try {
            Manifest next = plan.manifest().rotated(plan.old(), plan.ring().signer(announced.id()), plan.now());
            ManifestRules.check(next, plan.manifest(), identity.signing());
            KeyRotation rotation = new KeyRotation(
                    plan.kind(),
                    next.entityUri(),
                    plan.old().keyId(),
                    announced.id(),
                    Timestamps.zulu(plan.now()),
                    plan.dualTrustEnd());
            identity.store().write(tx -> {
                identity.store(tx, next);
                ManifestTable.storeRotation(tx, rotation);
                identity.rotations().enqueue(tx, rotation, next);
                return identity.audit()
                        .guardedRows()
                        .append(
                                tx,
                                event(rotation),
                                Map.of(
                                        AccessTables.MANIFESTS,
                                        List.of(List.of(next.entityUri())),
                                        AccessTables.KEY_ROTATIONS,
                                        List.of(List.of(announced.id()))));
            });
            return next;
        } catch (StoreFailed e) {
            // The transaction may have committed: the next start looks and then promotes or withdraws.
            throw e;
        } catch (RuntimeException e) {
            plan.ring().withdraw(announced.id());
            throw e;
        }
    }

    private AuditEvent event(KeyRotation rotation) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("kind", rotation.kind().wire());
        detail.put("entity_uri", rotation.entityUri());
        detail.put("old_key_id", rotation.oldKeyId());
        detail.put("new_key_id", rotation.newKeyId());
        detail.put("dual_trust_expires_at", rotation.dualTrustExpiresAt());
        return FactsAuditEvents.KEY_ROTATION.event(identity.nodeUrl(), NodeIdentity.TENANT, null, null, detail);
    }

    private RotationResult answer(
            Plan plan,
            boolean dryRun,
            String newKeyId,
            SecretBytes seed,
            Optional<LogAnchor> manifest,
            Optional<LogAnchor> rotation) {
        return new RotationResult(
                plan.kind(),
                dryRun,
                plan.old().keyId(),
                newKeyId,
                plan.dualTrustEnd(),
                identity.submitter().log().backend(),
                manifest.map(LogAnchor::logIndex).orElse(null),
                rotation.map(LogAnchor::logIndex).orElse(null),
                SecretBytes.ofText(Base64Url.text(seed.expose(SecretAccess.grant()))));
    }
}
