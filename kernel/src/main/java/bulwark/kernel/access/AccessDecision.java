package bulwark.kernel.access;

/** The one decision function. No permission implies another. */
public final class AccessDecision {
    private AccessDecision() {}

    /** @param permission what the route declares; empty means "any authenticated caller" */
    public static Decision decide(Principal principal, String permission) {
        return permission.isEmpty() || principal.permissions().contains(permission)
                ? new Decision.Allowed()
                : new Decision.Refused(permission);
    }

    public sealed interface Decision {
        record Allowed() implements Decision {}

        record Refused(String missingPermission) implements Decision {}
    }
}
