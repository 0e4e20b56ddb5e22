package bulwark.gateway.permission;

import static bulwark.gateway.permission.OAuthScope.DEPLOY;
import static bulwark.gateway.permission.OAuthScope.EXECUTE;
import static bulwark.gateway.permission.OAuthScope.READ;
import static bulwark.gateway.permission.OAuthScope.WRITE;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The four roles, from the least to the greatest: each may do what those before it may. */
public enum Role {
    VIEWER("viewer", EnumSet.of(READ), "read-only", "readonly", "stoa.consumer"),
    DEVOPS("devops", EnumSet.of(READ, WRITE, EXECUTE, DEPLOY), "dev-ops", "stoa.developer"),
    TENANT_ADMIN("tenant-admin", EnumSet.of(READ, WRITE, EXECUTE), "stoa.product_owner"),
    /** Of the platform: the only role that reaches other tenants. */
    CPI_ADMIN("cpi-admin", EnumSet.allOf(OAuthScope.class), "cpi_admin", "stoa.admin");

    /** A name that identity providers use for their own administrators too: it counts only where an operator says so. */
    private static final String AMBIGUOUS_ADMIN = "admin";

    private final String wireName;
    private final Set<OAuthScope> scopes;
    private final Set<String> aliases;

    Role(String wireName, Set<OAuthScope> scopes, String... aliases) {
        this.wireName = wireName;
        this.scopes = Set.copyOf(scopes);
        this.aliases = Set.of(aliases);
    }

    /** As tokens and documents have it. */
    public String wireName() {
        return wireName;
    }

    public Set<OAuthScope> scopes() {
        return scopes;
    }

    public boolean includes(Role least) {
        return compareTo(least) >= 0;
    }

    /**
     * @param name its own or an alias; case counts
     * @param adminAlias whether {@code admin} means {@link #CPI_ADMIN}
     */
    public static Optional<Role> named(String name, boolean adminAlias) {
        if (name.equals(AMBIGUOUS_ADMIN)) {
            return adminAlias ? Optional.of(CPI_ADMIN) : Optional.empty();
        }
        return Arrays.stream(values())
                .filter(role -> role.wireName.equals(name) || role.aliases.contains(name))
                .findFirst();
    }
}
