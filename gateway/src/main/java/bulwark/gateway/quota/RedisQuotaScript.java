package bulwark.gateway.quota;

import bulwark.gateway.redis.SharedRedis;
import bulwark.kernel.quota.PlanUsage;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaPeriod;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaStatus;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** One connection to the shared Redis, and the script {@code reserve.lua}, whose head says what it takes and answers. For one thread. */
final class RedisQuotaScript implements AutoCloseable {
    private static final String PREFIX = "bulwark:quota:";
    private static final String SOURCE = source();
    private static final int FIELDS = 6;
    private static final int HEAD = 5;
    private static final long DAY_SECONDS = 86_400;
    private static final long MICRO = 1_000L;

    private final Connection connection;
    private final String gateway;
    private final String digest;

    /**
     * What is asked for one consumer.
     *
     * @param needed calls that wait
     * @param ahead calls that are wanted besides
     * @param back calls that were held and will not be made
     * @param left calls that are held still
     * @param used calls that were made without the store
     * @param known counts as the store told them last
     * @param epoch of the store when it told them, or empty
     */
    record Entry(
            String consumer,
            QuotaPlan plan,
            int needed,
            int ahead,
            int back,
            int left,
            long used,
            PlanUsage known,
            String epoch) {}

    record Grant(int needed, int ahead, PlanUsage usage) {}

    /** @param sentNanos of {@link System#nanoTime}, before the store looked at its clock @param nowNanos of the store, since 1970 */
    record Reply(int gateways, long sentNanos, long nowNanos, String epoch, List<Grant> grants) {
        long nanosToMidnight() {
            long daysNanos = DAY_SECONDS * 1_000_000_000L;
            return daysNanos - Math.floorMod(nowNanos, daysNanos);
        }
    }

    private RedisQuotaScript(Connection connection, String gateway, String digest) {
        this.connection = connection;
        this.gateway = gateway;
        this.digest = digest;
    }

    /** @throws JedisException when the server is gone, silent, or refuses */
    static RedisQuotaScript connect(SharedRedis redis, String gateway, int timeoutMillis) {
        Connection connection = redis.connect(timeoutMillis);
        try {
            Object loaded = connection.executeCommand(
                    new CommandArguments(Command.SCRIPT).add("LOAD").add(SOURCE));
            return new RedisQuotaScript(connection, gateway, text(loaded));
        } catch (JedisException e) {
            connection.close();
            throw e;
        }
    }

    Reply run(List<Entry> entries, long sentNanos, long leaseMillis, int timeoutMillis) {
        connection.setSoTimeout(timeoutMillis);
        CommandArguments arguments = new CommandArguments(Command.EVALSHA)
                .add(digest)
                .add(0)
                .add(PREFIX)
                .add(gateway)
                .add(leaseMillis);
        for (Entry entry : entries) {
            add(arguments, entry);
        }
        Object answer = connection.executeCommand(arguments);
        if (!(answer instanceof List<?> list) || list.size() != HEAD + FIELDS * entries.size()) {
            throw new JedisDataException("the script answered something else");
        }
        long day = number(list.get(2));
        long month = number(list.get(4));
        List<Grant> grants = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            int at = HEAD + FIELDS * i;
            PlanUsage usage = new PlanUsage(
                    number(list.get(at + 2)) * MICRO,
                    number(list.get(at + 3)) * MICRO,
                    day,
                    number(list.get(at + 4)),
                    month,
                    number(list.get(at + 5)));
            grants.add(new Grant((int) number(list.get(at)), (int) number(list.get(at + 1)), usage));
        }
        return new Reply((int) number(list.get(0)), sentNanos, number(list.get(1)) * MICRO, text(list.get(3)), grants);
    }

    /** Names in the store are digests: what a caller chose reaches no key, and a key tells nothing of the caller. */
    private static void add(CommandArguments arguments, Entry entry) {
        QuotaPlan plan = entry.plan();
        PlanUsage known = entry.known();
        long second = plan.limit(QuotaPeriod.SECOND);
        long minute = plan.perMinute();
        arguments
                .add("{" + Digests.sha256Hex(entry.consumer()).substring(0, 32) + "}")
                .add(entry.needed())
                .add(entry.ahead())
                .add(entry.back())
                .add(entry.left())
                .add(entry.used())
                .add(known.day())
                .add(known.month())
                .add(known.dayCount())
                .add(known.monthCount())
                .add(plan.perSecond() == 0 ? 0 : Math.ceilDiv(1_000_000L, plan.perSecond()))
                .add(second)
                .add(minute == 0 ? 0 : Math.ceilDiv(60_000_000L, minute))
                .add(minute)
                .add(plan.perDay())
                .add(plan.perMonth())
                .add(entry.epoch());
    }

    /** A refusal for the shortest time, when all that is left is held by other gateways. */
    static QuotaDecision soon(QuotaPlan plan, PlanUsage usage, long nowNanos) {
        QuotaPeriod period = plan.perSecond() > 0 ? QuotaPeriod.SECOND : QuotaPeriod.MINUTE;
        QuotaStatus told = usage.rateLimit(plan, nowNanos);
        QuotaStatus limit = told == null ? new QuotaStatus(0, 0, nowNanos / 1_000_000_000L + 1) : told;
        return new QuotaDecision.Exhausted(period, limit.limit(), limit.limit(), 1, limit);
    }

    private static long number(Object value) {
        try {
            return value instanceof Long number ? number : Long.parseLong(text(value));
        } catch (NumberFormatException e) {
            throw new JedisDataException("the script answered no number");
        }
    }

    private static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        throw new JedisDataException("the script answered no text");
    }

    private static String source() {
        try (InputStream in = RedisQuotaScript.class.getResourceAsStream("reserve.lua")) {
            if (in == null) {
                throw new IllegalStateException("reserve.lua is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.setBroken();
            connection.forceDisconnect();
        } catch (IOException | RuntimeException ignored) {
            // It is given up either way.
        }
    }
}
