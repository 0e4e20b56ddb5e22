package bulwark.gateway.permission;

import bulwark.kernel.access.AccessDecision;
import bulwark.kernel.access.AccessDecision.Decision;
import bulwark.kernel.access.Principal;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What roles and scopes grant together, and where. */
public final class RoleTable {
    /** The tenant of a platform administrator who belongs to none. */
    public static final String PLATFORM = "platform";

    private RoleTable() {}

    /**
     * Names of permissions and scopes, for {@link Principal#permissions}. Without named scopes the roles decide alone. With named scopes a role grants only what a scope covers, and
     * without any role the scopes grant themselves, but no permission and never {@link OAuthScope#ADMIN}: whoever registers a client chooses its scopes, not what its users are.
     *
     * @param named scopes of the token, none where the token names none of ours
     */
    public static Set<String> granted(Collection<Role> roles, Collection<OAuthScope> named) {
        Set<OAuthScope> ofRoles = EnumSet.noneOf(OAuthScope.class);
        roles.forEach(role -> ofRoles.addAll(role.scopes()));
        Set<OAuthScope> effective = effective(roles, ofRoles, named);
        Set<String> granted = new TreeSet<>();
        effective.forEach(scope -> granted.add(scope.wireName()));
        Arrays.stream(Permission.values())
                .filter(permission -> roles.stream().anyMatch(role -> role.includes(permission.least())))
                .filter(permission -> named.isEmpty() || covers(named, permission.scope()))
                .forEach(permission -> granted.add(permission.wireName()));
        return Set.copyOf(granted);
    }

    private static Set<OAuthScope> effective(
            Collection<Role> roles, Set<OAuthScope> ofRoles, Collection<OAuthScope> named) {
        if (named.isEmpty()) {
            return ofRoles;
        }
        Set<OAuthScope> effective = EnumSet.noneOf(OAuthScope.class);
        if (roles.isEmpty()) {
            effective.addAll(named);
            effective.remove(OAuthScope.ADMIN);
        } else {
            ofRoles.stream().filter(scope -> covers(named, scope)).forEach(effective::add);
        }
        return effective;
    }

    private static boolean covers(Collection<OAuthScope> named, OAuthScope scope) {
        return named.contains(scope) || named.contains(OAuthScope.ADMIN);
    }

    /** Whether data of this tenant exists for the caller: its own, and for a platform administrator every one. */
    public static boolean reaches(Principal caller, String tenant) {
        return isPlatformAdministrator(caller) || caller.tenant().equals(tenant);
    }

    /** Whether the caller bears the role and the token was not limited to less. */
    public static boolean isPlatformAdministrator(Principal caller) {
        return caller.authentication().roles().contains(Role.CPI_ADMIN.wireName())
                && caller.permissions().contains(OAuthScope.ADMIN.wireName());
    }

    /** The sentence of a refusal; empty when the caller may do this to data of this tenant. */
    public static Optional<String> refusal(Principal caller, Permission permission, String tenant) {
        if (AccessDecision.decide(caller, permission.wireName()) instanceof Decision.Refused refused) {
            return Optional.of("Permission denied: " + refused.missingPermission() + " required");
        }
        return reaches(caller, tenant) ? Optional.empty() : Optional.of("Access denied to this tenant");
    }
}
