package bulwark.facts;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;

/** Asks of every write, in its own transaction, whether the caller's key still counts. */
public final class CallerKeyCheck {
    private CallerKeyCheck() {}

    /**
     * On the writer thread, where revocations are too: what was begun before one is not committed after it.
     *
     * @throws ApiRefusal {@code key_revoked}
     */
    public static void require(ApiKeys keys, Principal caller) {
        if (keys.isRevoked(caller)) {
            throw new ApiRefusal(ApiRefusal.Kind.UNAUTHENTICATED, "key_revoked", "Invalid or expired API key");
        }
    }
}
