package bulwark.gateway.apikey;

import bulwark.kernel.access.Principal;
import java.util.Locale;

/** What is known of an API key. */
public sealed interface ConsumerKeyVerdict {
    /** @param profile security profile of the subscription */
    record Accepted(Principal principal, String subscription, String profile) implements ConsumerKeyVerdict {}

    /** The wire does not tell why; metric and evidence do. */
    record Refused(Reason reason) implements ConsumerKeyVerdict {}

    /** Why a key is not accepted. */
    enum Reason {
        MALFORMED,
        UNKNOWN,
        EXPIRED,
        SUSPENDED,
        REVOKED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
