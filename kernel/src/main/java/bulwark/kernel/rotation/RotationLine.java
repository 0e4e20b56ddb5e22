package bulwark.kernel.rotation;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A line of the journal: a JSON object, its end a line feed. The last member is the SHA-256 of the object without it. */
final class RotationLine {
    private static final int VERSION = 1;

    private RotationLine() {}

    /** @param before SHA-256 of the line before, hexadecimal; empty for the first */
    static byte[] write(RotationRecord record, String before) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("version", VERSION);
        members.put("before", before);
        members.put("id", record.id());
        members.put("kind", record.kind());
        members.put("state", record.state().word());
        members.put("effect", record.effectDone() ? "done" : "begun");
        members.put("since", record.since().toString());
        members.put("window", record.window().toString());
        Instant retireAt = record.retireAt();
        members.put("retire_at", retireAt == null ? null : retireAt.toString());
        members.put("names", record.names());
        members.put("hash", Digests.sha256Hex(StrictJson.text(members)));
        return (StrictJson.text(members) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Empty when the line does not follow the one before, or is not what was written.
     *
     * @throws RuntimeException of the JSON library, or for a value of another form, when it is no such line
     */
    static Optional<RotationRecord> read(byte[] line, String before) {
        JsonNode json = StrictJson.parse(line);
        if (json.required("version").intValue() != VERSION
                || !json.required("before").stringValue().equals(before)) {
            return Optional.empty();
        }
        Map<String, String> names = new LinkedHashMap<>();
        json.required("names")
                .properties()
                .forEach(member -> names.put(member.getKey(), member.getValue().stringValue()));
        JsonNode retireAt = json.required("retire_at");
        RotationRecord record = new RotationRecord(
                json.required("id").stringValue(),
                json.required("kind").stringValue(),
                RotationState.of(json.required("state").stringValue()),
                json.required("effect").stringValue().equals("done"),
                Instant.parse(json.required("since").stringValue()),
                Duration.parse(json.required("window").stringValue()),
                retireAt.isNull() ? null : Instant.parse(retireAt.stringValue()),
                names);
        return Arrays.equals(write(record, before), line) ? Optional.of(record) : Optional.empty();
    }
}
