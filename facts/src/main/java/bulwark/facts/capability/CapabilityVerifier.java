package bulwark.facts.capability;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.identity.NodeIdentity;
import bulwark.facts.identity.PublishedIdentity;
import bulwark.facts.identity.TrustedKey;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.Store;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Judges capability tokens of this node: signature under a key that is current or inside its dual-trust window, then
 * expiry, then the stored row. Keys are parsed once, at publication; a verdict costs one signature check and one look-up.
 * Thread-safe.
 */
public final class CapabilityVerifier {
    private static final double[] BOUNDS = {.001, .0025, .005, .01, .025, .05, .1};

    private final Store store;
    private final AuditLog audit;
    private final NodeIdentity identity;
    private final Metrics metrics;
    private final Clock clock;

    public CapabilityVerifier(Store store, AuditLog audit, NodeIdentity identity, Metrics metrics, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.identity = identity;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What is to be thought of a token. */
    public enum Verdict {
        VALID,
        TOKEN_REVOKED,
        TOKEN_EXPIRED,
        TOKEN_INVALID;

        /** Reason on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Measured and audited; never throws for a bad token. */
    public Verdict verify(Principal caller, String tokenJson) {
        long start = System.nanoTime();
        Optional<CapabilityToken> token = CapabilityToken.parse(tokenJson);
        Verdict verdict = token.map(this::judge).orElse(Verdict.TOKEN_INVALID);
        metrics.time(
                "stigmem_capability_verify_duration_seconds",
                Duration.ofNanos(System.nanoTime() - start),
                BOUNDS,
                "result",
                verdict.wire());
        AuditEvent event = event(caller, token, verdict);
        if (verdict == Verdict.VALID) {
            audit.appendLater(event);
        } else {
            audit.refusalLater(event, verdict.wire());
        }
        return verdict;
    }

    private Verdict judge(CapabilityToken token) {
        Instant now = clock.instant();
        if (!signed(token, now)) {
            return Verdict.TOKEN_INVALID;
        }
        if (!now.isBefore(token.expiry())) {
            return Verdict.TOKEN_EXPIRED;
        }
        Optional<CapabilityRow> row = store.read(tx -> {
            Optional<CapabilityRow> found = CapabilityRow.find(tx, token.id());
            boolean honoured =
                    found.isPresent() && audit.guardedRows().vouchesFor(tx, AccessTables.CAPABILITY_TOKENS, token.id());
            return honoured ? found : Optional.empty();
        });
        if (row.isEmpty() || !row.get().tokenJson().equals(token.json())) {
            return Verdict.TOKEN_INVALID;
        }
        return row.get().revokedAt() == null ? Verdict.VALID : Verdict.TOKEN_REVOKED;
    }

    private boolean signed(CapabilityToken token, Instant now) {
        PublishedIdentity published = identity.published();
        if (!published.issuer().entities().contains(token.text("issuer"))) {
            return false;
        }
        byte[] message = token.signedBytes();
        String keyId = token.text("key_id");
        return token.signature()
                .map(signature -> published.issuerKeys().stream()
                        .filter(key -> keyId.isEmpty() || key.keyId().equals(keyId))
                        .anyMatch(key -> accepts(key, now, message, signature)))
                .orElse(false);
    }

    private static boolean accepts(TrustedKey key, Instant now, byte[] message, byte[] signature) {
        return key.acceptedAt(now) && key.verifier().verify(message, signature);
    }

    private static AuditEvent event(Principal caller, Optional<CapabilityToken> token, Verdict verdict) {
        boolean valid = verdict == Verdict.VALID;
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("result", verdict.wire());
        // Of a token that this node did not sign the caller chose the id, and how long it is.
        boolean signed = verdict != Verdict.TOKEN_INVALID;
        token.ifPresent(shown -> detail.put(
                signed ? "token_id" : "token_id_sha256",
                signed ? shown.id() : Digests.sha256Hex(shown.id().getBytes(StandardCharsets.UTF_8))));
        AuditEventType type = valid ? FactsAuditEvents.CAPABILITY_VERIFIED : FactsAuditEvents.CAPABILITY_REJECTED;
        return type.event(caller.entityUri(), caller.tenant(), null, null, detail);
    }
}
