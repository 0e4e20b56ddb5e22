package bulwark.kernel.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Roles of which each may do all that the next may: strict inclusion. A role that is not listed may do nothing. Immutable. */
public record RoleHierarchy(List<String> strongestFirst) {
    public RoleHierarchy {
        strongestFirst = List.copyOf(strongestFirst);
        if (new LinkedHashSet<>(strongestFirst).size() < strongestFirst.size()) {
            throw new IllegalArgumentException("a role stands twice: " + strongestFirst);
        }
    }

    public boolean knows(String role) {
        return strongestFirst.contains(role);
    }

    /** The role and every weaker one, as the permissions of its bearer. */
    public Set<String> permissions(String role) {
        int index = strongestFirst.indexOf(role);
        return index < 0 ? Set.of() : Set.copyOf(strongestFirst.subList(index, strongestFirst.size()));
    }
}
