package bulwark.facts.admin;

import bulwark.facts.Refusal;
import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.Principal;
import java.util.Map;

/**
 * Who may revoke which key: every key itself; a key with {@code write} those of its own entity, an {@code admin} those of anybody, as
 * long as they can do no more than it can. An admin ranks above every key that is none.
 */
final class RevocationRank {
    private RevocationRank() {}

    /** @throws Refusal 403 */
    static void require(Principal caller, KeyRecord target) {
        if (target.id().equals(caller.keyId())) {
            return;
        }
        boolean admin = caller.permissions().contains("admin");
        if (!admin && !target.entityUri().equals(caller.entityUri())) {
            throw new Refusal.Plain(403, "Cannot revoke another entity's key");
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

    private static Refusal refused(String message) {
        return new Refusal.Coded(403, "key_outranks_caller", message, Map.of("field", "id"));
    }
}
