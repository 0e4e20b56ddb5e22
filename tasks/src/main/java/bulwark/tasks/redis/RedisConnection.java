package bulwark.tasks.redis;

import bulwark.kernel.resp.ReplyLimit;
import bulwark.kernel.resp.ReplyTooLong;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** One connection, lent to one thread at a time. */
final class RedisConnection {
    /** Of the server's refusal, which comes before a script's first write. */
    private static final String OUT_OF_MEMORY = "OOM command not allowed";

    private final PushConnection connection;
    private final int timeoutMillis;
    private final ReplyLimit replies;
    /** {@link System#nanoTime} when it was last given back. */
    long idleSince;

    RedisConnection(PushConnection connection, int timeoutMillis, ReplyLimit replies) {
        this.replies = replies;
        this.connection = connection;
        this.timeoutMillis = timeoutMillis;
    }

    /** Fails with {@link ReplyTooLong} when the replies to the work would together be longer. */
    <T extends @Nullable Object> T within(long bytes, Supplier<T> work) {
        return replies.within(bytes, work);
    }

    static CommandArguments command(Command command, Object... arguments) {
        return new CommandArguments(command).addObjects(arguments);
    }

    static CommandArguments command(Command command, List<?> arguments) {
        CommandArguments all = new CommandArguments(command);
        arguments.forEach(all::add);
        return all;
    }

    @Nullable
    Object call(Command command, Object... arguments) {
        return connection.executeCommand(command(command, arguments));
    }

    @Nullable
    Object call(CommandArguments command) {
        return connection.executeCommand(command);
    }

    /** For a command that blocks at the server for the given time. */
    @Nullable
    Object callBlocking(long millis, CommandArguments command) {
        connection.setSoTimeout(Math.toIntExact(millis + timeoutMillis));
        try {
            return connection.executeCommand(command);
        } finally {
            if (!connection.isBroken()) {
                connection.setSoTimeout(timeoutMillis);
            }
        }
    }

    /** In one round trip; a failed command has its exception in its place. */
    List<@Nullable Object> pipeline(List<CommandArguments> commands) {
        commands.forEach(connection::sendCommand);
        return connection.getMany(commands.size());
    }

    @Nullable
    Object run(Script script, List<?> arguments) {
        String digest = script.digest();
        if (digest == null) {
            digest = RedisReply.text(call(Command.SCRIPT, "LOAD", script.source()));
            script.loaded(digest);
        }
        try {
            return runLoaded(script, digest, arguments);
        } catch (JedisDataException refused) {
            if (script.runsWhenFull() && String.valueOf(refused.getMessage()).contains(OUT_OF_MEMORY)) {
                return connection.executeCommand(evaluation(Command.EVAL, script.sourceWhenFull(), arguments));
            }
            throw refused;
        }
    }

    private @Nullable Object runLoaded(Script script, String digest, List<?> arguments) {
        try {
            return connection.executeCommand(evaluation(Command.EVALSHA, digest, arguments));
        } catch (JedisNoScriptException restarted) {
            return connection.executeCommand(evaluation(Command.EVAL, script.source(), arguments));
        }
    }

    private static CommandArguments evaluation(Command command, String script, List<?> arguments) {
        CommandArguments all = new CommandArguments(command).add(script).add(0);
        arguments.forEach(all::add);
        return all;
    }

    /** At once, without waiting for an answer. */
    void send(CommandArguments command) {
        connection.push(command);
    }

    @Nullable
    Object receive() {
        return connection.getOne();
    }

    void setReadTimeout(Duration time) {
        connection.setSoTimeout(Math.toIntExact(time.toMillis()));
    }

    boolean broken() {
        return connection.isBroken() || !connection.isConnected();
    }

    void close() {
        try {
            connection.setBroken();
            connection.forceDisconnect();
        } catch (java.io.IOException | RuntimeException ignored) {
            // It is given up either way.
        }
    }
}
