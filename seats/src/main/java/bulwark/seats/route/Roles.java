package bulwark.seats.route;

import bulwark.kernel.access.RoleHierarchy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who may do what: each role may do all that the next may. */
public final class Roles {
    public static final String ADMIN = "ADMIN";
    public static final String OPERATOR = "OPERATOR";
    public static final String VIEWER = "VIEWER";
    /** What a staker's key may do, and a signed-in administrator. */
    public static final String STAKER = "STAKER";

    private static final RoleHierarchy HIERARCHY = new RoleHierarchy(List.of(ADMIN, OPERATOR, VIEWER));

    private Roles() {}

    /** Of a person. */
    public static Set<String> permissions(String role) {
        Set<String> permissions = new HashSet<>(HIERARCHY.permissions(role));
        if (role.equals(ADMIN)) {
            permissions.add(STAKER);
        }
        return permissions;
    }
}
