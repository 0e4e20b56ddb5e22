package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import java.util.Map;

/** In whose name a caller may state, retract and decide: his own, or anybody's with {@code source:any} or {@code admin}. */
final class SourceAuthority {
    static final String ANY = "source:any";
    static final String ADMIN = "admin";

    private SourceAuthority() {}

    /** @param source normalised */
    static boolean speaksFor(Principal caller, String source) {
        return caller.permissions().contains(ANY)
                || isAdmin(caller)
                || EntityUri.normalise(caller.entityUri()).equals(source);
    }

    static boolean isAdmin(Principal caller) {
        return caller.permissions().contains(ADMIN);
    }

    /** @throws ApiRefusal {@code source_not_yours} */
    static void require(Principal caller, String source) {
        if (!speaksFor(caller, source)) {
            String message =
                    "source must be '" + caller.entityUri() + "', the entity of this key, or be left out: to state"
                            + " facts in the name of others a key needs the permission " + ANY;
            throw new ApiRefusal(FORBIDDEN, "source_not_yours", message, Map.of("field", "source"));
        }
    }
}
