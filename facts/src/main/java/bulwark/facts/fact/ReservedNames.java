package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.web.ApiRefusal;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names that only the node itself writes under: what a fact with such a name says is believed as the node's own word, so a caller
 * that could write one would speak for the node, and facts cannot be taken back.
 */
final class ReservedNames {
    static final String CODE = "reserved_name";

    private static final List<String> SOURCES = List.of("system:");
    private static final List<String> RELATIONS =
            List.of("stigmem:conflict:", ConflictService.RESOLVES, ContradictionDetector.RETRACTS);
    private static final List<String> ENTITIES =
            List.of("stigmem:conflict:", "stigmem:resolution:", ContradictionDetector.RETRACTION, "system:");

    private ReservedNames() {}

    /** @throws ApiRefusal {@code reserved_name} */
    static void check(AssertRequest request) {
        check("source", request.source(), SOURCES);
        check("relation", request.relation(), RELATIONS);
        check("entity", request.entity(), ENTITIES);
    }

    private static void check(String field, String name, List<String> reserved) {
        String plain = name.strip().toLowerCase(Locale.ROOT);
        for (String prefix : reserved) {
            if (plain.startsWith(prefix)) {
                throw new ApiRefusal(
                        FORBIDDEN,
                        CODE,
                        "Names that begin with '" + prefix + "' are written by the node alone: choose another " + field,
                        Map.of("field", field, "reserved", prefix));
            }
        }
    }
}
