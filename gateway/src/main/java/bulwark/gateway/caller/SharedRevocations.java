package bulwark.gateway.caller;

import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.KeyOrderListener;
import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.gateway.redis.RedisConnections;
import bulwark.kernel.concurrent.EssentialThread;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Orders about tokens and API keys that all gateways of one Redis obey: each is told there, and looked for four times a second. While Redis is gone or silent the orders that are known
 * stay in force, and new ones of others are not known; what was ordered here meanwhile is told once it is back. A Redis that lost its data takes no order back: that needs an order of its
 * own. Thread-safe.
 */
final class SharedRevocations implements TokenRevocationRows.OrderListener, KeyOrderListener, AutoCloseable {
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
    private final Clock clock;
    /** By kind and value: the end in milliseconds; negative for an order that was taken back, which is told until then. */
    private final Map<String, Long> own = new ConcurrentHashMap<>();

    private final Map<String, Long> learned = new HashMap<>();
    private final AtomicBoolean untold = new AtomicBoolean(true);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("shared-revocations", this::run);
    private String version = "";
    private boolean lost = true;

    SharedRevocations(RedisConnections redis, TokenRevocationList tokens, ConsumerKeyCache keys, Clock clock) {
        this.redis = redis;
        this.tokens = tokens;
        this.keys = keys;
        this.clock = clock;
    }

    void start() {
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
        own.put(name, until);
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
            Optional<Map<String, Long>> orders = redis.ask(ANSWER_TIMEOUT, this::pull);
            orders.ifPresent(this::obey);
            lost = orders.isEmpty();
            version = now.get();
        }
    }

    private boolean push(Connection connection) {
        long now = clock.millis();
        own.values().removeIf(until -> Math.abs(until) < now);
        if (!own.isEmpty()) {
            CommandArguments put = new CommandArguments(Command.HSET).add(ORDERS);
            own.forEach((name, until) -> put.add(name).add(until));
            connection.executeCommand(put);
            connection.executeCommand(new CommandArguments(Command.INCR).add(VERSION));
        }
        return true;
    }

    private static String currentVersion(Connection connection) {
        Object answer = connection.executeCommand(new CommandArguments(Command.GET).add(VERSION));
        return answer == null ? "" : text(answer);
    }

    private Map<String, Long> pull(Connection connection) {
        Map<String, Long> orders = new HashMap<>();
        Object answer = connection.executeCommand(new CommandArguments(Command.HGETALL).add(ORDERS));
        if (answer instanceof List<?> list) {
            for (int i = 0; i + 1 < list.size(); i += 2) {
                String until = text(list.get(i + 1));
                if (until.matches("-?\\d{1,16}")) {
                    orders.put(text(list.get(i)), Long.parseLong(until));
                }
            }
        }
        long now = clock.millis();
        orders.forEach((name, until) -> {
            if (Math.abs(until) < now) {
                connection.executeCommand(
                        new CommandArguments(Command.HDEL).add(ORDERS).add(name));
            }
        });
        return orders;
    }

    private static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(answer);
    }

    private void obey(Map<String, Long> orders) {
        long now = clock.millis();
        orders.forEach((name, until) -> {
            Long before = learned.put(name, until);
            int end = name.indexOf('\n');
            boolean news = before == null || before.longValue() != until;
            if (news && end > 0 && Math.abs(until) > now) {
                obey(name.substring(0, end), name.substring(end + 1), until);
            }
        });
    }

    private void obey(String kind, String value, long until) {
        if (kind.startsWith(API_KEY)) {
            obeyOfKey(kind, value, until > 0);
            return;
        }
        Long mine = own.get(name(kind, value));
        if (until < 0 && mine != null && mine > clock.millis()) {
            // What this gateway ordered stands in its own store, and nobody else takes it back.
            return;
        }
        for (Claim claim : Claim.values()) {
            if (claim.wireName().equals(kind.toLowerCase(Locale.ROOT))) {
                if (until > 0) {
                    tokens.add(new TokenRevocation(claim, value, Instant.ofEpochMilli(until)));
                } else {
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
