package bulwark.seats.send;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.TextFields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * That sends go on after one pause: what people approve by its digest, SHA-256 over {@value #DOMAIN}, one zero byte and the canonical bytes. Immutable.
 *
 * @param pause its number
 * @param code and reason of the pause, so that they are read before they are approved
 */
public record ResumeRequest(String pause, String code, String reason, String since) {
    public static final String SCHEMA = "csm-resume/1";
    /** So that no approval of a plan is one of this. */
    public static final String DOMAIN = "csm-resume-v1";

    static ResumeRequest of(PauseRows.Pause pause) {
        return new ResumeRequest(Long.toString(pause.number()), pause.code(), pause.reason(), pause.since());
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("pause", pause);
        json.put("code", code);
        json.put("reason", reason);
        json.put("since", since);
        return json;
    }

    /** Empty for any other document. */
    public static Optional<ResumeRequest> read(byte[] utf8) {
        List<String> faults = new ArrayList<>();
        try {
            JsonFields json = JsonFields.of(StrictJson.parse(utf8), "", faults);
            TextFields fields = new TextFields(json);
            fields.exactly("schema", SCHEMA);
            ResumeRequest request = new ResumeRequest(
                    json.text("pause", 20), json.text("code", 100), json.text("reason", 2_000), json.text("since", 40));
            fields.end();
            return faults.isEmpty() ? Optional.of(request) : Optional.empty();
        } catch (StrictJson.JsonRefused e) {
            return Optional.empty();
        }
    }

    public PlanDigest digest() {
        MessageDigest sha = Digests.newSha256();
        sha.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
        sha.update((byte) 0);
        return new PlanDigest(HexFormat.of().formatHex(sha.digest(CanonicalJson.bytes(json()))));
    }

    /** What it means, in one sentence. */
    public String sentence() {
        return "Let sends go on after pause " + pause + " (" + code + "), which began at " + since + ": " + reason;
    }
}
