package bulwark.gateway.identity;

import java.util.Locale;

/** Why a credential is not accepted. The wire tells little, metric and evidence tell the code. */
public enum TokenFault {
    MISSING("Missing Authorization header"),
    MALFORMED_HEADER("Malformed Authorization header"),
    EXPIRED("Token expired"),
    INVALID_ISSUER("Invalid issuer"),
    INVALID_AUDIENCE("Invalid audience"),
    INVALID_SIGNATURE("Invalid signature"),
    /** Not three parts of base64url with strict JSON inside, or a claim of the wrong type. */
    MALFORMED("Invalid token"),
    ALGORITHM("Invalid token"),
    CRITICAL_HEADER("Invalid token"),
    UNKNOWN_KEY("Invalid token"),
    NOT_YET_VALID("Invalid token"),
    /** An ID token, a refresh token, or a token that does not say what it is. */
    NOT_ACCESS_TOKEN("Invalid token"),
    /** It is bound to its holder in a way that cannot be checked here. */
    UNKNOWN_CONFIRMATION("Invalid token"),
    REVOKED("Invalid token");

    private final String message;

    TokenFault(String message) {
        this.message = message;
    }

    /** As the body of a 401 has it. */
    public String message() {
        return message;
    }

    /** Stable. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
