package bulwark.gateway.admin;

import bulwark.kernel.error.PrintableText;
import java.util.Map;
import java.util.Set;

/** What evidence calls a call of the admin API: {@code <group>.<verb>}, such as {@code apis.upsert}, and the resource that it names. */
record AdminAction(String name, String resource) {
    private static final Map<String, String> LAST_SEGMENTS =
            Map.of("reset", "reset", "clear", "invalidate", "reload", "reload", "apply", "sync");
    private static final Map<String, String> METHODS =
            Map.of("GET", "read", "HEAD", "read", "POST", "upsert", "PUT", "upsert", "DELETE", "delete");
    private static final int MAX_RESOURCE = 100;

    /**
     * @param path raw, below {@code /admin}
     * @param groups first segments below {@code /admin} that a route has; callers choose paths freely, so that any other is {@code unknown}
     */
    static AdminAction of(String method, String path, Set<String> groups) {
        String[] segments = path.split("/", -1);
        String group = segments.length > 2 && groups.contains(segments[2]) ? segments[2].replace('-', '_') : "unknown";
        String last = segments[segments.length - 1];
        String verb = method.equals("POST") && LAST_SEGMENTS.containsKey(last)
                ? LAST_SEGMENTS.get(last)
                : METHODS.getOrDefault(method, "other");
        String resource = segments.length > 3 ? PrintableText.of(segments[3], MAX_RESOURCE) : "";
        return new AdminAction(group + "." + verb, resource);
    }
}
