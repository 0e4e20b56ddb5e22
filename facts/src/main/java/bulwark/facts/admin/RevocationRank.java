package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;

import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import java.util.Map;

/**
 * Who may revoke which key: every key itself; a key with {@code write} those of its own entity, an {@code admin} those of anybody, as
 * long as they can do no more than it can. An admin ranks above every key that is none.
 */
final class RevocationRank {
    private RevocationRank() {}

    /** @throws ApiRefusal when it is not the caller's to revoke */
    static void require(Principal caller, KeyRecord target) {
        if (target.id().equals(caller.keyId())) {
            return;
        }
        boolean admin = caller.permissions().contains("admin");
        if (!admin && !target.entityUri().equals(caller.entityUri())) {
            throw new ApiRefusal(FORBIDDEN, "key_of_another_entity", "Cannot revoke another entity's key");
        }
        if (!admin && !caller.permissions().contains("write")) {
            throw refused(
                    "a key without write and admin revokes only itself: use a key of this entity with write, or an admin's");
        }
        boolean ranksAbove = admin && !target.permissions().contains("admin");
        if (!ranksAbove && !caller.permissions().containsAll(target.permissions())) {
            throw refused("that key has permissions that this one has not: an admin with as many can revoke it");
        }
        if (!KeyScopes.within(caller.scopes(), target.scopes())) {
            throw refused("that key reaches scopes that this one does not: a key that is not limited can revoke it");
        }
    }

    private static ApiRefusal refused(String message) {
        return new ApiRefusal(FORBIDDEN, "key_outranks_caller", message, Map.of("field", "id"));
    }
}
