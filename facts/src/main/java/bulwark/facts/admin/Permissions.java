package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.web.ApiRefusal;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a key may be allowed to do. None implies another. */
final class Permissions {
    static final Set<String> ALL = Set.of(
            "read", "write", "instruction:write", "federate", "admin", "admin:federation", "audit.read", "source:any");

    /** Of the admin key that the operator names: everything but reading evidence, which takes a key of its own. */
    static final Set<String> OF_ADMIN =
            Set.of("read", "write", "instruction:write", "federate", "admin", "admin:federation");

    static final List<String> DEFAULT = List.of("read", "write");

    private Permissions() {}

    /** @throws ApiRefusal when there is none, or one that does not exist */
    static Set<String> checked(Collection<String> wanted) {
        if (wanted.isEmpty()) {
            throw new ApiRefusal(MALFORMED, "no_permissions", "permissions list must be non-empty");
        }
        Set<String> unknown = new TreeSet<>(wanted);
        unknown.removeAll(ALL);
        if (!unknown.isEmpty()) {
            throw new ApiRefusal(
                    MALFORMED,
                    "unknown_permissions",
                    "unknown permissions: " + pythonList(unknown) + "; allowed: " + pythonList(ALL));
        }
        return Set.copyOf(wanted);
    }

    private static String pythonList(Set<String> words) {
        return new TreeSet<>(words)
                .stream().limit(20).map(Permissions::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String word) {
        String cut = word.length() > 64 ? word.substring(0, 64) + "…" : word;
        return "'" + cut.replace("'", "\\'") + "'";
    }
}
