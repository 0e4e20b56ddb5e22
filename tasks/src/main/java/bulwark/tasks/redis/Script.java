package bulwark.tasks.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A Lua script and the parts that it is made of. The server names it by a digest, which it tells when the script is loaded. */
enum Script {
    BEGIN("held", "status", "begin"),
    COUNTS("counts"),
    GROUP_ADD("group_add"),
    GROUP_CLAIM("group_claim"),
    LIMIT("deaths", "held", "limits", "limit"),
    LOCK("lock"),
    MOVE("enter", "move"),
    PUBLISH_ONCE("enter", "status", "publish_once"),
    PUBLISH_UNIQUE("enter", "status", "publish_unique"),
    PUT_STATUS("status", "put_status"),
    RATE("limits", "rate"),
    RECLAIM("deaths", "reclaim"),
    RENEW("held", "renew"),
    REPLAY("enter", "replay"),
    REVOKE("revoke"),
    SCHEDULE_PUT("schedule_put"),
    SETTLE("deaths", "held", "enter", "status", "settle"),
    TAKE("limits", "take"),
    TIDY("tidy"),
    TRIM("trim");

    private final String source;
    private volatile @Nullable String digest;

    Script(String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(read(part)).append('\n');
        }
        source = text.toString();
    }

    String source() {
        return source;
    }

    /** Whether it begins, moves or ends what is stored: on a server whose memory is full this must go on, for that is how memory becomes free. */
    boolean runsWhenFull() {
        return switch (this) {
            case BEGIN, LIMIT, MOVE, RECLAIM, SETTLE, TAKE -> true;
            default -> false;
        };
    }

    /** A full server refuses what needs memory until a script has written something: here it takes away what is not there. */
    String sourceWhenFull() {
        return "redis.call('DEL', 'stem:no-such-key')\n" + source;
    }

    /** Null until it was loaded once, anywhere: the digest depends on the source alone. */
    @Nullable
    String digest() {
        return digest;
    }

    void loaded(String name) {
        digest = name;
    }

    private static String read(String part) {
        try (InputStream in = Script.class.getResourceAsStream(part + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the script " + part + " is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
