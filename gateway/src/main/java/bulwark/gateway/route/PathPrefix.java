package bulwark.gateway.route;

import bulwark.kernel.json.JsonFields;
import java.util.Set;

/** The prefix of a route: a path as it is after decoding, so that it is compared with nothing but decoded paths. */
final class PathPrefix {
    private static final int MAX_LENGTH = 512;
    private static final int MAX_SEGMENTS = 32;

    /** First segments of what the gateway answers itself, now or in a later version. */
    private static final Set<String> RESERVED = Set.of("admin", "health", "ready", "metrics", "mcp", "authz", "oauth");

    private static final String WELL_KNOWN = ".well-known";

    private PathPrefix() {}

    /** Without a slash at its end; {@code /} for every path. */
    static String read(JsonFields fields) {
        String written = fields.text("path_prefix", MAX_LENGTH);
        if (written.isEmpty()) {
            return "/";
        }
        String prefix =
                written.length() > 2 && written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
        String must = problem(prefix);
        if (!must.isEmpty()) {
            fields.fault("path_prefix", must);
            return "/";
        }
        return prefix;
    }

    /** Empty when there is none. */
    private static String problem(String prefix) {
        if (!prefix.startsWith("/")) {
            return "must start with '/'";
        }
        if (prefix.chars().anyMatch(c -> c == '?' || c == '#' || c == '\\' || c == '%' || c == '*')) {
            return "must not hold '?', '#', '%', '*' or a backslash; write it decoded, and without a pattern";
        }
        if (prefix.length() > 1) {
            String[] segments = prefix.substring(1).split("/", -1);
            if (RESERVED.contains(segments[0])) {
                return "must not begin with /" + segments[0] + ", which is the gateway's own";
            }
            if (segments[0].equals(WELL_KNOWN) && !isForeignDocument(segments)) {
                return "must name one document below /.well-known, and none of OAuth or OpenID, which are the gateway's own";
            }
            if (segments.length > MAX_SEGMENTS) {
                return "must have at most " + MAX_SEGMENTS + " segments";
            }
            for (String segment : segments) {
                if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                    return "must not hold an empty segment or one of dots, which no request can have";
                }
                if (segment.startsWith(".;") || segment.startsWith("..;")) {
                    return "must not hold a segment of dots and a semicolon, which no request can have";
                }
            }
        }
        return "";
    }

    /** Of the well-known documents the gateway answers those of OAuth and OpenID itself, now or in a later version. */
    private static boolean isForeignDocument(String[] segments) {
        return segments.length > 1
                && !segments[1].startsWith("oauth-")
                && !segments[1].startsWith("openid-")
                && !segments[1].equals("mcp");
    }
}
