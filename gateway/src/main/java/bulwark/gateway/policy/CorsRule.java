package bulwark.gateway.policy;

import bulwark.gateway.http1.HeaderName;
import bulwark.kernel.json.JsonFields;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Pages of which origins may read answers (Fetch standard, CORS protocol).
 *
 * @param origins {@code scheme://host[:port]} in lower case, or {@code *} alone, which never goes with credentials
 * @param maxAge how long a browser remembers a preflight
 */
public record CorsRule(
        Set<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> exposed,
        boolean credentials,
        Duration maxAge)
        implements PolicyRule {
    public static final String ANY = "*";

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "OPTIONS");
    private static final List<String> HEADERS = List.of("Authorization", "Content-Type", "X-Request-ID", "X-Tenant-ID");
    private static final List<String> EXPOSED =
            List.of("X-Request-ID", "X-Stoa-Trace-Id", "X-RateLimit-Remaining", "Retry-After");
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    public CorsRule {
        origins = Set.copyOf(origins);
        methods = List.copyOf(methods);
        headers = List.copyOf(headers);
        exposed = List.copyOf(exposed);
    }

    /** What holds where a policy says nothing but the origins. */
    public static CorsRule ofOrigins(Set<String> origins) {
        return new CorsRule(origins, METHODS, HEADERS, EXPOSED, false, MAX_AGE);
    }

    @Override
    public PolicyType type() {
        return PolicyType.CORS;
    }

    static CorsRule read(JsonFields fields) {
        List<String> origins = fields.texts("allowed_origins", 100, 300);
        boolean credentials = fields.flag("allow_credentials", false);
        if (origins.isEmpty()) {
            fields.fault("allowed_origins", "must name at least one origin, or the policy can never match");
        }
        for (int i = 0; i < origins.size(); i++) {
            String place = "allowed_origins[" + i + "]";
            if (origins.get(i).equals(ANY)) {
                if (credentials) {
                    fields.fault(place, "must not be * while allow_credentials is true; name the origins");
                } else if (origins.size() > 1) {
                    fields.fault(place, "is * and covers every other origin; keep it alone");
                }
            } else if (!isOrigin(origins.get(i))) {
                fields.fault(place, "must be an origin in lower case such as https://app.example.com, without a path");
            }
        }
        List<String> methods = fields.texts("allowed_methods", 32, 32);
        for (int i = 0; i < methods.size(); i++) {
            if (!methods.get(i).chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-')) {
                fields.fault("allowed_methods[" + i + "]", "must be a name in capital letters such as GET");
            }
        }
        return new CorsRule(
                Set.copyOf(origins),
                methods.isEmpty() ? METHODS : methods,
                fields.has("allowed_headers") ? names(fields, "allowed_headers") : HEADERS,
                fields.has("exposed_headers") ? names(fields, "exposed_headers") : EXPOSED,
                credentials,
                fields.duration("max_age", Duration.ZERO, Duration.ofDays(1), MAX_AGE));
    }

    private static List<String> names(JsonFields fields, String field) {
        List<String> names = fields.texts(field, 64, 100);
        for (int i = 0; i < names.size(); i++) {
            if (HeaderName.codeOf(names.get(i)) < 0 || names.get(i).equals(ANY)) {
                fields.fault(field + "[" + i + "]", "must be the name of a header");
            }
        }
        return names;
    }

    /** Serialised as browsers do it: no path, no default port, lower case. */
    public static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            String host = uri.getHost();
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            int usual = "https".equals(uri.getScheme()) ? 443 : 80;
            return web
                    && host != null
                    && uri.getPort() != usual
                    && text.equals(text.toLowerCase(Locale.ROOT))
                    && text.equals(uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("allowed_origins", origins.stream().sorted().toList());
        fields.put("allowed_methods", methods);
        fields.put("allowed_headers", headers);
        fields.put("exposed_headers", exposed);
        fields.put("allow_credentials", credentials);
        fields.put("max_age", maxAge.toMillis() + "ms");
        return fields;
    }
}
