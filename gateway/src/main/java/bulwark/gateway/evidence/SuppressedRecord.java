package bulwark.gateway.evidence;

import bulwark.kernel.evidence.journal.JournalRecord;
import bulwark.kernel.json.JsonBuffer;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many refusals of one caller and reason, or answered preflights of one address, in a minute have no record of their own.
 *
 * @param allowed whether those calls were answered and not refused
 */
record SuppressedRecord(long atMillis, long minute, RefusalBudget.Key key, long count, boolean allowed)
        implements JournalRecord {
    static final String KIND = "suppressed";
    /** Stands where a refusal's code does. */
    static final String PREFLIGHT = "preflight";

    @Override
    public void write(JsonBuffer out) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("v", 1);
        members.put("kind", KIND);
        members.put("at", Timestamps.zuluMillis(Instant.ofEpochMilli(atMillis)));
        members.put("minute", Timestamps.zulu(Instant.ofEpochSecond(minute * 60)));
        if (!key.tenant().isEmpty()) {
            members.put("tenant", key.tenant());
            members.put("principal", key.caller());
        } else {
            members.put("client", key.caller());
        }
        members.put("decision", allowed ? "allow" : "refuse");
        members.put("code", key.code());
        members.put("count", count);
        out.raw(StrictJson.write(members));
    }
}
