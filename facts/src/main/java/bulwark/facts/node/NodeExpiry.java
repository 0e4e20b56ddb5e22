package bulwark.facts.node;

import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.tls.ReloadingTls;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What expires in a node: its keys and manifests, its certificate, the API key that expires first. */
final class NodeExpiry {
    private static final String TENANT = "default";

    private final NodeCore core;

    private NodeExpiry(NodeCore core) {
        this.core = core;
    }

    /** Watches it, and renews manifests daily. */
    static ExpiryMonitor start(NodeCore core, @Nullable ReloadingTls tls) {
        ExpiryMonitor monitor = new ExpiryMonitor("facts", core.metrics, core.clock);
        core.identity.watch(monitor);
        if (tls != null) {
            monitor.watch(
                    "certificate",
                    () -> Optional.of(
                            new Expiry(
                                    null,
                                    tls.expires(),
                                    "Put a new certificate at STIGMEM_TLS_CERT_PATH and its key at STIGMEM_TLS_KEY_PATH: the node picks them up by itself.")));
        }
        monitor.watch("log", () -> Optional.of(logKey(core.heads.keys().current())));
        monitor.watch("api_key", new NodeExpiry(core)::firstKeyToExpire);
        return monitor.start(core.identity::renew);
    }

    private static Expiry logKey(KeyEntry key) {
        return new Expiry(
                key.created(), key.created().plus(LogKeys.MAX_AGE), "Run: stigmem identity rotate-key --kind log");
    }

    private Optional<Expiry> firstKeyToExpire() {
        return core.store
                .read(tx -> core.keys.firstToExpire(tx, TENANT))
                .map(key -> new Expiry(
                        OffsetDateTime.parse(key.createdAt()).toInstant(),
                        expiryOf(key),
                        "It belongs to " + key.entityUri()
                                + ": mint a new one; for the admin key run stigmem auth reissue-admin.",
                        Duration.ofDays(core.configuration.count("STIGMEM_API_KEY_EXPIRING_SOON_DAYS"))));
    }

    private static Instant expiryOf(KeyRecord key) {
        return OffsetDateTime.parse(Objects.requireNonNull(key.expiresAt())).toInstant();
    }
}
