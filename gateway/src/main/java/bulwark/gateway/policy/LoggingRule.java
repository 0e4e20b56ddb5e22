package bulwark.gateway.policy;

import bulwark.gateway.http1.HeaderName;
import bulwark.kernel.json.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line in the log for a share of the calls.
 *
 * @param headers of the request whose values are in the line; never one that may hold a credential
 * @param samplePercent 1 to 100; calls of one trace are all in the log or none
 */
public record LoggingRule(List<String> headers, int samplePercent) implements PolicyRule {
    public LoggingRule {
        headers = List.copyOf(headers);
    }

    @Override
    public PolicyType type() {
        return PolicyType.LOGGING;
    }

    static LoggingRule read(JsonFields fields) {
        List<String> headers = fields.texts("headers", 32, 100);
        for (int i = 0; i < headers.size(); i++) {
            String place = "headers[" + i + "]";
            if (HeaderName.codeOf(headers.get(i)) < 0) {
                fields.fault(place, "must be the name of a header");
            } else if (PolicyHeaders.mayHoldCredentials(headers.get(i))) {
                fields.fault(place, "may hold a credential, and credentials are never logged; remove it");
            }
        }
        return new LoggingRule(headers, (int) fields.wholeNumber("sample_percent", 1, 100, 100));
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("headers", headers);
        fields.put("sample_percent", samplePercent);
        return fields;
    }
}
