package bulwark.gateway.caller;

import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.KeyOrderListener;
import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.gateway.redis.RedisConnections;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Orders about tokens and API keys that all gateways of one Redis obey: each is told there, and looked for four times a second. While Redis is gone or silent the orders that are known
 * stay in force, and new ones of others are not known; what was ordered here meanwhile is told once it is back. A Redis that lost its data takes no order back: that needs an order of its
 * own. Thread-safe.
 */
final class SharedRevocations implements TokenRevocationRows.OrderListener, KeyOrderListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedRevocations.class);
    private static final String ORDERS = "stoa:{revocations}:orders";
    private static final String VERSION = "stoa:{revocations}:version";
    private static final String API_KEY = "api_key";
    private static final String SUSPENDED_KEY = "api_key_suspended";
    /** Its value is the digest, a colon and the end in milliseconds. */
    private static final String KEY_END = "api_key_end";

    private static final Pattern KEY_ORDER_VALUE = Pattern.compile("([0-9a-f]{64})(?::(\\d{1,15}))?");
    private static final long POLL_MILLIS = 250;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration KEY_ORDER = Duration.ofDays(366);
    private static final Duration TAKEN_BACK = Duration.ofDays(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final RedisConnections redis;
    private final TokenRevocationList tokens;
    private final ConsumerKeyCache keys;
    private final TokenRevocationRows rows;
    private final Trust trust;
    private final Clock clock;
    /** By kind and value. One that was taken back is told until its end, too. */
    private final Map<String, SharedOrder> own = new ConcurrentHashMap<>();

    private final Map<String, SharedOrder> learned = new HashMap<>();
    private final AtomicBoolean untold = new AtomicBoolean(true);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("shared-revocations", this::run);
    private String version = "";
    private boolean lost = true;
    private boolean forged;
    private @Nullable SecretBytes toldWith;
    private volatile boolean started;

    /**
     * What vouches for orders.
     *
     * @param key that the gateways share; without one every order in Redis is believed
     * @param refused hears of each look that met an order which the key does not vouch for
     */
    record Trust(Supplier<Optional<SecretBytes>> key, Signing signing, Runnable refused) {}

    SharedRevocations(
            RedisConnections redis,
            TokenRevocationList tokens,
            ConsumerKeyCache keys,
            TokenRevocationRows rows,
            Trust trust,
            Clock clock) {
        this.redis = redis;
        this.tokens = tokens;
        this.keys = keys;
        this.rows = rows;
        this.trust = trust;
        this.clock = clock;
    }

    void start() {
        started = true;
        thread.start();
    }

    /** An order of this gateway, from now or from before the start. */
    @Override
    public void revoked(TokenRevocation order) {
        tell(name(order.claim().wireName(), order.value()), order.until().toEpochMilli());
    }

    @Override
    public void restored(Claim claim, String value) {
        tell(name(claim.wireName(), value), -clock.instant().plus(TAKEN_BACK).toEpochMilli());
    }

    @Override
    public void revoked(String lookup) {
        tell(name(API_KEY, lookup), clock.instant().plus(KEY_ORDER).toEpochMilli());
    }

    @Override
    public void suspended(String lookup, boolean suspended) {
        long until = suspended
                ? clock.instant().plus(KEY_ORDER).toEpochMilli()
                : -clock.instant().plus(TAKEN_BACK).toEpochMilli();
        tell(name(SUSPENDED_KEY, lookup), until);
    }

    @Override
    public void ends(String lookup, Instant end) {
        Instant until = clock.instant().plus(KEY_ORDER);
        tell(name(KEY_END, lookup + ":" + end.toEpochMilli()), until.toEpochMilli());
    }

    private void tell(String name, long until) {
        // Of one that stood in the store it is not known when it was given.
        own.put(name, new SharedOrder(until, started ? clock.millis() : 0));
        untold.set(true);
    }

    private static String name(String kind, String value) {
        return kind + "\n" + value;
    }

    private void run() {
        try {
            do {
                exchange();
            } while (!stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void exchange() {
        if (lost) {
            // What another gateway took back meanwhile is not to be told again.
            redis.ask(ANSWER_TIMEOUT, this::pull).ifPresent(this::obey);
            untold.set(true);
        }
        SecretBytes key = trust.key().get().orElse(null);
        if (key != null && (toldWith == null || !key.equalsSecret(toldWith))) {
            toldWith = key;
            untold.set(true);
        }
        if (untold.getAndSet(false) && redis.ask(ANSWER_TIMEOUT, this::push).isEmpty()) {
            untold.set(true);
            lost = true;
            return;
        }
        Optional<String> now = redis.ask(ANSWER_TIMEOUT, SharedRevocations::currentVersion);
        if (now.isEmpty()) {
            lost = true;
        } else if (lost || !now.get().equals(version)) {
            Optional<Map<String, SharedOrder>> orders = redis.ask(ANSWER_TIMEOUT, this::pull);
            orders.ifPresent(this::obey);
            lost = orders.isEmpty();
            version = now.get();
        }
    }

    private boolean push(Connection connection) {
        long now = clock.millis();
        own.values().removeIf(order -> order.isOver(now));
        if (!own.isEmpty()) {
            CommandArguments put = new CommandArguments(Command.HSET).add(ORDERS);
            own.forEach((name, order) ->
                    put.add(name).add(order.text(name, trust.key().get(), trust.signing())));
            connection.executeCommand(put);
            connection.executeCommand(new CommandArguments(Command.INCR).add(VERSION));
        }
        return true;
    }

    private static String currentVersion(Connection connection) {
        Object answer = connection.executeCommand(new CommandArguments(Command.GET).add(VERSION));
        return answer == null ? "" : text(answer);
    }

    private Map<String, SharedOrder> pull(Connection connection) {
        Map<String, SharedOrder> orders = new HashMap<>();
        boolean strange = false;
        Object answer = connection.executeCommand(new CommandArguments(Command.HGETALL).add(ORDERS));
        if (answer instanceof List<?> list) {
            for (int i = 0; i + 1 < list.size(); i += 2) {
                String name = text(list.get(i));
                Optional<SharedOrder> order = SharedOrder.parse(
                        name, text(list.get(i + 1)), trust.key().get(), trust.signing());
                order.ifPresent(good -> orders.put(name, good));
                strange |= order.isEmpty();
            }
        }
        warn(strange);
        long now = clock.millis();
        orders.forEach((name, order) -> {
            if (order.isOver(now)) {
                connection.executeCommand(
                        new CommandArguments(Command.HDEL).add(ORDERS).add(name));
            }
        });
        return orders;
    }

    private void warn(boolean strange) {
        if (strange) {
            trust.refused().run();
            if (!forged) {
                LOG.warn(
                        "Redis holds revocations that STOA_REDIS_ORDER_KEY does not vouch for; they are not obeyed. Another gateway has another key, or somebody wrote them.");
            }
        }
        forged = strange;
    }

    private static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(answer);
    }

    private void obey(Map<String, SharedOrder> orders) {
        long now = clock.millis();
        orders.forEach((name, order) -> {
            SharedOrder before = learned.get(name);
            int end = name.indexOf('\n');
            if ((before == null || order.follows(before)) && end > 0 && !order.isOver(now)) {
                learned.put(name, order);
                obey(name.substring(0, end), name.substring(end + 1), order);
            }
        });
    }

    private void obey(String kind, String value, SharedOrder order) {
        if (kind.startsWith(API_KEY)) {
            obeyOfKey(kind, value, !order.isTakenBack());
            return;
        }
        SharedOrder mine = own.get(name(kind, value));
        boolean takesBack = order.isTakenBack() && mine != null && !mine.isTakenBack() && !mine.isOver(clock.millis());
        if (takesBack && mine != null && (trust.key().get().isEmpty() || !order.follows(mine))) {
            // It stands in this gateway's own store: only what is vouched for and later takes it back.
            return;
        }
        for (Claim claim : Claim.values()) {
            if (claim.wireName().equals(kind.toLowerCase(Locale.ROOT))) {
                if (!order.isTakenBack()) {
                    tokens.add(new TokenRevocation(claim, value, Instant.ofEpochMilli(order.until())));
                } else {
                    if (takesBack) {
                        own.remove(name(kind, value));
                        rows.removedElsewhere(claim, value);
                    }
                    tokens.remove(claim, value);
                }
            }
        }
    }

    private void obeyOfKey(String kind, String value, boolean inForce) {
        Matcher order = KEY_ORDER_VALUE.matcher(value);
        if (!order.matches()) {
            return;
        }
        String lookup = order.group(1);
        String end = order.group(2);
        if (kind.equals(KEY_END) && end != null) {
            keys.endsElsewhere(lookup, Instant.ofEpochMilli(Long.parseLong(end)));
        } else if (kind.equals(SUSPENDED_KEY) && end == null) {
            keys.suspendedElsewhere(lookup, inForce);
        } else if (kind.equals(API_KEY) && end == null) {
            keys.revokedElsewhere(lookup);
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
