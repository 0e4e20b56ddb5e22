package bulwark.gateway.evidence;

import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from the journal.
 *
 * @param number of the record in the journal, from 1
 * @param members those of the JSON object
 */
public record RecordedDecision(long number, Map<String, @Nullable Object> members) {
    /** Empty when the bytes are no record of this form. */
    public static Optional<RecordedDecision> parse(long number, byte[] bytes) {
        try {
            return Optional.of(new RecordedDecision(number, PlainJson.object(StrictJson.parse(bytes))));
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty when it is absent or no text. */
    public String text(String member) {
        return members.get(member) instanceof String text ? text : "";
    }

    /** 0 when it is absent or no number. */
    public long number(String member) {
        return members.get(member) instanceof Number number ? number.longValue() : 0;
    }

    public boolean isCall() {
        return text("kind").equals(DecisionRecord.CALL);
    }

    /** When the call ended; the beginning of time when the record says none. */
    public Instant at() {
        return Timestamps.parse(text("at")).orElse(Instant.EPOCH);
    }
}
