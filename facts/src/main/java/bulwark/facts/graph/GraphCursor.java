package bulwark.facts.graph;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.web.ApiRefusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Where the next page of neighbours starts: base64url of {@code {"offset":20,"ts":1764000000.5}}, good for 300 seconds. */
record GraphCursor(int offset, Instant at) {
    private static final Duration LIFE = Duration.ofSeconds(300);
    private static final int MAX_LENGTH = 200;

    String text() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("offset", offset);
        members.put("ts", at.toEpochMilli() / 1000.0);
        return Base64Url.text(StrictJson.write(members));
    }

    /** @throws ApiRefusal {@code invalid_cursor} or {@code cursor_expired} */
    static GraphCursor parse(String text, Instant now) {
        GraphCursor cursor = read(text);
        if (Duration.between(cursor.at, now).compareTo(LIFE) > 0) {
            throw new ApiRefusal(MALFORMED, "cursor_expired", "pagination cursor has expired");
        }
        return cursor;
    }

    private static GraphCursor read(String text) {
        if (text.length() > MAX_LENGTH) {
            throw unreadable();
        }
        try {
            byte[] json = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
            JsonNode node = StrictJson.parse(json);
            JsonNode offset = node.get("offset");
            JsonNode ts = node.get("ts");
            if (offset == null || !offset.canConvertToInt() || offset.intValue() < 0 || ts == null || !ts.isNumber()) {
                throw unreadable();
            }
            return new GraphCursor(offset.intValue(), Instant.ofEpochMilli((long) (ts.doubleValue() * 1000)));
        } catch (IllegalArgumentException | StrictJson.JsonRefused e) {
            throw unreadable();
        }
    }

    private static ApiRefusal unreadable() {
        return new ApiRefusal(MALFORMED, "invalid_cursor", "unreadable pagination cursor");
    }
}
