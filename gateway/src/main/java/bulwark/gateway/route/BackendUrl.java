package bulwark.gateway.route;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;

/** The URL of an upstream in a field. Whether it may be called is the address guard's to say. */
final class BackendUrl {
    private static final int MAX_LENGTH = 2_048;

    private BackendUrl() {}

    /** Without a slash at its end; empty when it is faulty. */
    static String read(JsonFields fields, String field) {
        String url = fields.text(field, MAX_LENGTH);
        if (url.isEmpty()) {
            return "";
        }
        if (url.indexOf('?') >= 0) {
            fields.fault(field, "must not hold a query: the client's own is sent");
            return "";
        }
        try {
            if (TargetUrl.parse(url).path().chars().anyMatch(c -> c >= 0x7f)) {
                fields.fault(field, "must have its path of ASCII characters: percent-encode the others");
                return "";
            }
        } catch (TargetRefused e) {
            fields.fault(field, "cannot be used: " + e.getMessage());
            return "";
        }
        int end = url.length();
        while (url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }
}
