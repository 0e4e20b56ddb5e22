package bulwark.gateway.control.state;

import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;

/** Refusals that every kind of object shares. */
public final class ObjectRefused {
    private ObjectRefused() {}

    /** The same for an object of another tenant and for none. */
    public static ApiRefusal absent(ObjectKind kind) {
        return new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no such " + kind.noun() + ".");
    }

    public static ApiRefusal known(ObjectKind kind, String field) {
        return new ApiRefusal(
                Kind.CONFLICT,
                "already_exists",
                field + " is taken by another " + kind.noun() + " of this tenant; choose another.");
    }

    public static ApiRefusal tooMany(ObjectKind kind, long max) {
        return new ApiRefusal(
                Kind.CONFLICT,
                "limit_reached",
                "The tenant has " + max + " objects of the kind " + kind.noun()
                        + ", which is its limit; delete one first.");
    }

    /** @param sentence why the state that it is in does not allow it, and what would */
    public static ApiRefusal transition(String sentence) {
        return new ApiRefusal(Kind.CONFLICT, "invalid_transition", sentence);
    }

    public static ApiRefusal conflict(String code, String sentence) {
        return new ApiRefusal(Kind.CONFLICT, code, sentence);
    }
}
