package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.facts.Scope;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestBody;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** The scopes of facts that a key is limited to; none = no limit. */
final class KeyScopes {
    private KeyScopes() {}

    static boolean isScope(String word) {
        return Scope.of(word).isPresent();
    }

    /** A fault of the body when there is one that does not exist, or an audit reader among the permissions. */
    static Set<String> checked(RequestBody body, Collection<String> scopes, Collection<String> permissions) {
        if (!scopes.stream().allMatch(KeyScopes::isScope)) {
            body.invalid("scopes", "scopes must be among 'company', 'local', 'public', 'team'");
        }
        if (!scopes.isEmpty() && permissions.contains("audit.read")) {
            body.invalid(
                    "scopes",
                    "a key with audit.read cannot be limited to scopes, because the audit log tells of facts of every scope");
        }
        return Set.copyOf(scopes);
    }

    /**
     * Nobody hands out more than he has.
     *
     * @throws ApiRefusal {@code scope_not_granted}
     */
    static void requireWithin(Principal caller, Set<String> scopes) {
        if (caller.isLimited() && !within(caller.scopes(), scopes)) {
            String message = "scopes: this key is limited to " + String.join(", ", caller.scopes())
                    + " and can give keys of these scopes only";
            throw new ApiRefusal(FORBIDDEN, "scope_not_granted", message, Map.of("field", "scopes"));
        }
    }

    /** Whether the second reaches no more than the first. */
    static boolean within(Set<String> limit, Set<String> scopes) {
        return limit.isEmpty() || (!scopes.isEmpty() && limit.containsAll(scopes));
    }
}
