package bulwark.tasks.redis;

import bulwark.kernel.tls.ClientTls;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.store.TaskStores;
import bulwark.tasks.store.WaiterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in one Redis (6.2 or newer; not Cluster, since keys have no hash tags). Keys and values are those of Stem 0.2. A restart or an outage of the server shows as
 * {@link BrokerUnavailable} of the calls it meets and heals by itself. Thread-safe.
 */
public final class RedisStores implements TaskStores {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStores.class);

    private final RedisConnectionPool connections;
    private final @Nullable RedisTls tls;
    private final WaiterRegistry wakeups = new WaiterRegistry();
    private final StatusSubscriber subscriber;

    private final RedisBroker broker;
    private final StoreSet storeSet;

    private RedisStores(
            RedisConnectionPool connections,
            RedisConnectionFactory connecting,
            @Nullable RedisTls tls,
            RedisKeys keys,
            Duration retention,
            int maxEnvelopeBytes,
            Clock clock) {
        this.connections = connections;
        this.tls = tls;
        subscriber = new StatusSubscriber(connecting, wakeups);
        broker = new RedisBroker(connections, keys, clock, retention, maxEnvelopeBytes, connecting.longestText());
        storeSet = new StoreSet(
                broker,
                new RedisResults(connections, keys, clock, retention, subscriber, wakeups),
                new RedisSchedules(connections, keys),
                new RedisLocks(connections, keys),
                new RedisRevocations(connections),
                new RedisRates(connections, keys, clock));
    }

    /** With envelopes of at most {@value Broker#MAX_ENVELOPE_BYTES} bytes. */
    public static RedisStores open(
            String url, @Nullable RedisTls given, String namespace, Duration retention, Clock clock) {
        return open(url, given, namespace, retention, Broker.MAX_ENVELOPE_BYTES, clock);
    }

    /**
     * Connects, and asks the server for an answer.
     *
     * @param url {@code redis[s]://[[user]:password@]host[:port][/database]}
     * @param given TLS for {@code rediss:}, closed with the stores; null: the authorities of the system and no client certificate
     * @param namespace first part of every key, normally {@code stem}
     * @param retention how long results are kept
     * @param maxEnvelopeBytes longer entries are not read as envelopes
     * @throws bulwark.kernel.config.Configuration.ConfigurationRefused when it is no such URL
     * @throws BrokerUnavailable when there is no answer, with a remedy
     */
    public static RedisStores open(
            String url,
            @Nullable RedisTls given,
            String namespace,
            Duration retention,
            int maxEnvelopeBytes,
            Clock clock) {
        RedisUrl parsed = RedisUrl.parse(url);
        RedisTls tls = parsed.tls() && given == null ? RedisTls.of(ClientTls.Files.NONE, false, clock) : given;
        if (!parsed.tls() && tls != null && tls.configured()) {
            LOG.warn(
                    "The connection to {} is NOT encrypted: STEM_TLS_* files are set, and the URL says redis://; use rediss://",
                    parsed);
        }
        RedisConnectionFactory connecting =
                new RedisConnectionFactory(parsed, parsed.tls() ? tls : null, maxEnvelopeBytes);
        RedisErrors failures = new RedisErrors(
                parsed,
                new TlsErrors(
                        parsed.host(), tls != null && tls.clientCertificate(), tls != null && tls.ownAuthority()));
        RedisConnectionPool connections = new RedisConnectionPool(connecting, failures);
        if (parsed.tls() && tls != null) {
            tls.tls().onReload(connections::dropIdle);
        }
        RedisStores stores = new RedisStores(
                connections, connecting, tls, new RedisKeys(namespace), retention, maxEnvelopeBytes, clock);
        try {
            stores.broker.ping();
            return stores;
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    @Override
    public StoreSet storeSet() {
        return storeSet;
    }

    /** Ends what waits; what was made for this process alone is removed when the server can be reached. */
    @Override
    public void close() {
        wakeups.close();
        try {
            broker.close();
        } catch (BrokerUnavailable gone) {
            // Nothing was lost: it is removed later by its age.
        }
        subscriber.close();
        connections.close();
        if (tls != null) {
            tls.close();
        }
    }
}
