package bulwark.gateway.credential;

import java.io.IOException;
import java.util.Set;

/** A token endpoint issues no token and says why, in a code of RFC 6749 §5.2 or RFC 8693 §2.2.2. */
final class TokenRequestRefused extends IOException {
    private static final long serialVersionUID = 1;
    /** Of these the gateway's own registration there is the cause, and no caller. */
    private static final Set<String> OF_CLIENT =
            Set.of("invalid_client", "unauthorized_client", "unsupported_grant_type");

    private final String code;

    TokenRequestRefused(String sentence, String code) {
        super(sentence);
        this.code = code;
    }

    /** Whether another caller, or another audience, may be answered otherwise. */
    boolean concernsCaller() {
        return !OF_CLIENT.contains(code);
    }
}
