package bulwark.facts;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import java.util.Map;

/** A key may be limited to scopes of facts: facts of other scopes do not exist for it, and it writes none. */
public final class ScopeLimit {
    private ScopeLimit() {}

    /**
     * For a scope that the caller names himself.
     *
     * @throws ApiRefusal {@code scope_not_granted}
     */
    public static void require(Principal caller, Scope scope) {
        if (!caller.reaches(scope.wire())) {
            String message = "scope '" + scope.wire() + "' is not among the scopes of this key: "
                    + String.join(", ", caller.scopes()) + "; name one of these, or use a key without this limit";
            throw new ApiRefusal(FORBIDDEN, "scope_not_granted", message, Map.of("field", "scope"));
        }
    }
}
