package bulwark.tasks.redis;

import bulwark.kernel.tls.ClientTls;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.stores.TaskStores;
import bulwark.tasks.stores.Wakeups;
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

    private final Lines lines;
    private final @Nullable RedisTls tls;
    private final Wakeups wakeups = new Wakeups();
    private final Changes changes;

    private final RedisBroker broker;
    private final Parts parts;

    private RedisStores(
            Lines lines,
            Connecting connecting,
            @Nullable RedisTls tls,
            Keys keys,
            Duration retention,
            int maxEnvelopeBytes,
            Clock clock) {
        this.lines = lines;
        this.tls = tls;
        changes = new Changes(connecting, wakeups);
        broker = new RedisBroker(lines, keys, clock, retention, maxEnvelopeBytes);
        parts = new Parts(
                broker,
                new RedisResults(lines, keys, clock, retention, changes, wakeups),
                new RedisSchedules(lines, keys),
                new RedisLocks(lines, keys),
                new RedisRevocations(lines),
                new RedisRates(lines, keys, clock));
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
        Connecting connecting = new Connecting(parsed, parsed.tls() ? tls : null);
        Failures failures =
                new Failures(parsed, tls != null && tls.clientCertificate(), tls != null && tls.ownAuthority());
        Lines lines = new Lines(connecting, failures);
        if (parsed.tls() && tls != null) {
            tls.tls().onReload(lines::dropIdle);
        }
        RedisStores stores =
                new RedisStores(lines, connecting, tls, new Keys(namespace), retention, maxEnvelopeBytes, clock);
        try {
            stores.broker.probe();
            return stores;
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    @Override
    public Parts parts() {
        return parts;
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
        changes.close();
        lines.close();
        if (tls != null) {
            tls.close();
        }
    }
}
