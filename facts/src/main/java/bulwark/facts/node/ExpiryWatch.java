package bulwark.facts.node;

import bulwark.facts.identity.KeyExpiryMonitor;
import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.tls.ReloadingTls;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches everything that ends: keys, certificate, API keys. Warns at start and daily, keeps the gauges, renews manifests. */
final class ExpiryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryWatch.class);
    private static final String TENANT = "default";

    private final NodeCore core;
    private final KeyExpiryMonitor ages;
    private final ScheduledExecutorService daily = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("renewals").factory());

    private ExpiryWatch(NodeCore core, @Nullable ReloadingTls tls) {
        this.core = core;
        this.ages = new KeyExpiryMonitor(core.identity.keys(), core.metrics, core.clock);
        if (tls != null) {
            ages.watch(
                    "certificate",
                    () -> Optional.of(new KeyExpiryMonitor.Span(
                            null,
                            tls.expires(),
                            "Put a new certificate and key in place: the node picks them up by itself.")));
        }
        ages.watch("api_key", this::firstKeyToEnd);
    }

    static ExpiryWatch start(NodeCore core, @Nullable ReloadingTls tls) {
        ExpiryWatch renewals = new ExpiryWatch(core, tls);
        renewals.daily.scheduleWithFixedDelay(renewals::check, 0, 24, TimeUnit.HOURS);
        return renewals;
    }

    private void check() {
        try {
            ages.warnings().forEach(LOG::warn);
            core.identity.renew();
        } catch (RuntimeException e) {
            LOG.warn("Expiry check failed; retrying in 24 h", e);
        }
    }

    private Optional<KeyExpiryMonitor.Span> firstKeyToEnd() {
        return core.store
                .read(tx -> core.keys.firstToExpire(tx, TENANT))
                .map(key -> new KeyExpiryMonitor.Span(
                        OffsetDateTime.parse(key.createdAt()).toInstant(),
                        expiryOf(key),
                        "It belongs to " + key.entityUri()
                                + ": mint a new one; for the admin key run stigmem auth reissue-admin.",
                        Duration.ofDays(core.configuration.count("STIGMEM_API_KEY_EXPIRING_SOON_DAYS"))));
    }

    private static Instant expiryOf(KeyRecord key) {
        return OffsetDateTime.parse(Objects.requireNonNull(key.expiresAt())).toInstant();
    }

    @Override
    public void close() {
        daily.shutdownNow();
    }
}
