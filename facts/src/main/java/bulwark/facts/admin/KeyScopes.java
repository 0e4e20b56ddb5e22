package bulwark.facts.admin;

import bulwark.facts.Refusal;
import bulwark.facts.RequestBody;
import bulwark.facts.Scope;
import bulwark.kernel.access.Principal;
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
            body.valueError("scopes", "scopes must be among 'company', 'local', 'public', 'team'");
        }
        if (!scopes.isEmpty() && permissions.contains("audit.read")) {
            body.valueError(
                    "scopes",
                    "a key with audit.read cannot be limited to scopes, because the audit log tells of facts of every scope");
        }
        return Set.copyOf(scopes);
    }

    /**
     * Nobody hands out more than he has.
     *
     * @throws Refusal.Coded 403 {@code scope_not_granted}
     */
    static void requireWithin(Principal caller, Set<String> scopes) {
        if (caller.isLimited() && !within(caller.scopes(), scopes)) {
            String message = "scopes: this key is limited to " + String.join(", ", caller.scopes())
                    + " and can give keys of these scopes only";
            throw new Refusal.Coded(403, "scope_not_granted", message, Map.of("field", "scopes"));
        }
    }

    /** Whether the second reaches no more than the first. */
    static boolean within(Set<String> limit, Set<String> scopes) {
        return limit.isEmpty() || (!scopes.isEmpty() && limit.containsAll(scopes));
    }
}
