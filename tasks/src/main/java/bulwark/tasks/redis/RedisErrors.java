package bulwark.tasks.redis;

import bulwark.tasks.broker.BrokerUnavailable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** What went wrong with a server, as a sentence with a remedy. Nothing of a password, a command or a reply is quoted. */
record RedisErrors(RedisUrl url, boolean clientCertificate, boolean ownAuthority) {
    /** Message of the exception of a handshake to which nothing came back. */
    static final String NO_ANSWER = "no answer to the hello";

    /** Its alert may be overtaken by the end of the connection, which then is all we see. */
    private static final String DISTRUSTED =
            "closed the connection: it does not trust our client certificate (issue it by the authority that its tls-ca-cert-file"
                    + " names, and set STEM_TLS_CLIENT_CERT and STEM_TLS_CLIENT_KEY to it)";

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
            case SSLException e -> tls(e);
            default -> null;
        };
    }

    private String tls(SSLException failure) {
        StringBuilder all = new StringBuilder();
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            all.append(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
                    .append('\n');
        }
        String text = all.toString();
        if (text.contains("certificate_required") || text.contains("handshake_failure") && !clientCertificate) {
            return certificateRequired();
        }
        if (text.contains("received fatal alert: unknown_ca")
                || text.contains("received fatal alert: bad_certificate")
                || text.contains("received fatal alert: certificate_unknown")) {
            return DISTRUSTED;
        }
        if (text.contains("certificate_expired") || text.contains("expired")) {
            return "refused the TLS handshake: a certificate is expired or not yet valid";
        }
        if (text.contains("no subject alternative") || text.contains("no name matching")) {
            return "shows a certificate for another host than " + url.host()
                    + "; use a name that its certificate carries, or issue one with this name (stem tls generate)";
        }
        if (text.contains(NO_ANSWER)) {
            return "gave no answer to the TLS handshake: it does not speak TLS on this port (use redis:// or its tls-port), or it"
                    + " hangs";
        }
        if (text.contains("unrecognized ssl message") || text.contains("not an ssl")) {
            return "does not speak TLS on this port; use redis:// or its tls-port";
        }
        if (text.contains("path") || text.contains("trust")) {
            return "shows a certificate of an unknown authority; set STEM_TLS_CA_CERT to the authority that issued it"
                    + (ownAuthority ? " (the one that is set did not)" : "");
        }
        return "failed the TLS handshake (" + failure.getClass().getSimpleName() + "); it must speak TLS 1.3";
    }

    /** A plain server that reads a TLS hello, and a TLS server that reads a plain command, both just hang up. */
    private String closed() {
        if (url.tls()) {
            return clientCertificate ? DISTRUSTED + ", or this port does not speak TLS" : certificateRequired();
        }
        return "closed the connection; if this port speaks TLS, use rediss://";
    }

    private static String certificateRequired() {
        return "requires a client certificate, or does not speak TLS on this port; set STEM_TLS_CLIENT_CERT and"
                + " STEM_TLS_CLIENT_KEY";
    }

    /** A server's own error may quote the arguments of a command. */
    private static @Nullable Throwable withoutContent(RuntimeException failure) {
        return failure instanceof JedisDataException ? null : failure;
    }
}
