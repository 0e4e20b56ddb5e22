package bulwark.tasks.redis;

import bulwark.kernel.resp.ReplyTooLong;
import bulwark.tasks.broker.BrokerUnavailable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** What went wrong with a server, as a sentence with a remedy. Nothing of a password, a command or a reply is quoted. */
record RedisErrors(RedisUrl url, TlsErrors tls) {
    private static final Map<String, String> REFUSALS = Map.of(
            "NOAUTH", "asks for a password; put it into the URL: redis://USER:PASSWORD@HOST",
            "WRONGPASS", "does not accept user and password of the URL",
            "NOPERM",
                    "does not permit this user the commands or keys of tasks; its ACL needs ~* &* +@all -@dangerous +info +config|get",
            "OOM", "is out of memory; raise maxmemory or let workers catch up",
            "READONLY", "is a read-only replica; name the primary in the URL",
            "LOADING", "is still loading its data; it answers when that is done",
            "MISCONF", "cannot write to its disk and therefore accepts nothing; look at its log",
            "BUSY", "is blocked by a running script (BUSY)",
            "MASTERDOWN", "has lost its primary");

    BrokerUnavailable unavailable(RuntimeException failure) {
        return new BrokerUnavailable(
                "Redis at " + url.address() + " " + sentence(failure) + ".", withoutContent(failure));
    }

    private String sentence(RuntimeException failure) {
        if (failure instanceof JedisDataException) {
            String message = String.valueOf(failure.getMessage());
            String code = message.split("[ \r\n]", 2)[0];
            if (message.contains("invalid password") || message.contains("invalid username-password")) {
                code = "WRONGPASS";
            }
            String known = REFUSALS.get(code);
            if (known != null) {
                return known;
            }
            return "refused a command with " + (code.matches("[A-Z]{2,20}") ? code : "an error")
                    + (message.contains("unknown command") || message.contains("syntax error")
                            ? "; tasks need Redis 6.2 or newer"
                            : "; its keys may belong to another program: use another STEM_NAMESPACE");
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String sentence = connection(cause);
            if (sentence != null) {
                return sentence;
            }
        }
        return closed();
    }

    private @Nullable String connection(Throwable cause) {
        return switch (cause) {
            case UnknownHostException e -> "cannot be found: the name " + url.host() + " does not resolve";
            case ConnectException e -> "does not accept connections: is it running, and is the port right";
            case SocketTimeoutException e -> "did not answer in time";
            case ReplyTooLong e -> String.valueOf(e.getMessage());
            case SSLException e -> tls.sentence(e);
            default -> null;
        };
    }

    /** A plain server that reads a TLS hello, and a TLS server that reads a plain command, both just hang up. */
    private String closed() {
        return url.tls() ? tls.closed() : "closed the connection; if this port speaks TLS, use rediss://";
    }

    /** A server's own error may quote the arguments of a command. */
    private static @Nullable Throwable withoutContent(RuntimeException failure) {
        return failure instanceof JedisDataException ? null : failure;
    }
}
