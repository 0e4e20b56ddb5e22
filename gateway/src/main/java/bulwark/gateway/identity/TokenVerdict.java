package bulwark.gateway.identity;

/** What is known of a token. */
public sealed interface TokenVerdict {
    record Accepted(VerifiedToken token) implements TokenVerdict {}

    record Refused(TokenFault fault) implements TokenVerdict {}

    /** The token is good, and its bearer belongs to no tenant without being a platform administrator. @param subject for evidence */
    record WithoutTenant(String subject) implements TokenVerdict {}

    /** Nothing can be said, because no key was ever fetched: the caller is not to blame. */
    record KeysUnavailable() implements TokenVerdict {}

    /** The token was not looked at. */
    record NotNow(FirstSightGate.Denial denial) implements TokenVerdict {}
}
