package bulwark.doctor.memory;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An append-only file of lines as it was at one visit: whole lines alone.
 *
 * @param bytes up to and with the last line feed
 * @param records lines
 * @param sha256 of those bytes, hexadecimal
 * @param at ISO 8601
 */
public record LogCheckpoint(long bytes, long records, String sha256, String at) {
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bytes", bytes);
        members.put("records", records);
        members.put("sha256", sha256);
        members.put("at", at);
        return members;
    }

    static LogCheckpoint of(JsonNode json) {
        return new LogCheckpoint(
                json.path("bytes").asLong(0),
                json.path("records").asLong(0),
                json.path("sha256").asString(""),
                json.path("at").asString(""));
    }

    /** For people: size and the beginning of the digest. */
    public String words() {
        return records + " records in " + bytes + " bytes, SHA-256 " + sha256.substring(0, 16) + "… on " + at;
    }
}
