package bulwark.facts;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may see a fact. */
public enum Scope {
    LOCAL,
    TEAM,
    COMPANY,
    PUBLIC;

    /** Names on the wire. */
    public static final Set<String> NAMES = Set.of("local", "team", "company", "public");

    /** Lower-case name on the wire. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scope> of(String wire) {
        for (Scope scope : values()) {
            if (scope.wire().equals(wire)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }
}
