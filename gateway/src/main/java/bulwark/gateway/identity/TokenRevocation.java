package bulwark.gateway.identity;

import bulwark.kernel.access.Authentication;
import java.time.Instant;
import java.util.Locale;

/**
 * The order to accept no token of this kind.
 *
 * @param value of the claim
 * @param until the order's end: by then each token that it is meant for has expired
 */
public record TokenRevocation(Claim claim, String value, Instant until) {
    /** Which claim of a token must have the value. */
    public enum Claim {
        JTI,
        SUB,
        CLIENT_ID;

        /** As the admin API has it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean concerns(VerifiedToken token) {
        Authentication authentication = token.principal().authentication();
        return switch (claim) {
            case JTI -> value.equals(token.tokenId());
            case SUB -> value.equals(token.principal().entityUri());
            case CLIENT_ID -> value.equals(authentication.clientId());
        };
    }
}
