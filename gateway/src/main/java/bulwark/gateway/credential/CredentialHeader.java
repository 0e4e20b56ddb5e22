package bulwark.gateway.credential;

import bulwark.gateway.http1.HeaderName;
import org.jspecify.annotations.Nullable;

/** Header names that a credential may stand in. */
final class CredentialHeader {
    private CredentialHeader() {}

    /** Null when it may. */
    static @Nullable String problem(String name) {
        return switch (HeaderName.codeOf(name)) {
            case -1 -> "must be the name of a header";
            case HeaderName.OTHER, HeaderName.AUTHORIZATION, HeaderName.API_KEY, HeaderName.COOKIE -> null;
            default -> "is reserved: what the gateway says under this name is no credential";
        };
    }
}
