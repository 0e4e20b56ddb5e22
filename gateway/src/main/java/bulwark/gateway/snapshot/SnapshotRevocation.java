package bulwark.gateway.snapshot;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.kernel.json.JsonFields;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The form of a revocation in a snapshot. */
final class SnapshotRevocation {
    private static final int MAX_TEXT = 256;

    private SnapshotRevocation() {}

    static TokenRevocation read(JsonFields fields) {
        Claim claim = fields.choice("claim", Claim.class, Claim.JTI);
        String value = fields.text("value", MAX_TEXT);
        String until = fields.text("until", 40);
        fields.end();
        Instant end = SnapshotTime.read(fields, "until", until);
        return new TokenRevocation(claim, value, end);
    }

    static Map<String, Object> members(TokenRevocation order) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("claim", order.claim().wireName());
        members.put("value", order.value());
        members.put("until", order.until().toString());
        return members;
    }
}
