package bulwark.gateway.identity;

/** What is known of a token. */
public sealed interface TokenVerdict {
    /** One whose signature and times are good. */
    sealed interface Verified extends TokenVerdict {
        VerifiedToken token();
    }

    record Accepted(VerifiedToken token) implements Verified {}

    record Refused(TokenFault fault) implements TokenVerdict {}

    /** The token is good, and its bearer belongs to no tenant without being a platform administrator. @param token whose principal has an empty tenant @param silent whether it says nothing at all of tenants */
    record WithoutTenant(VerifiedToken token, boolean silent) implements Verified {}

    /** Nothing can be said, because no key was ever fetched: the caller is not to blame. */
    record KeysUnavailable() implements TokenVerdict {}

    /** The token was not looked at. */
    record NotNow(FirstSightGate.Denial denial) implements TokenVerdict {}
}
