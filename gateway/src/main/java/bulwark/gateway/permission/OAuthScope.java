package bulwark.gateway.permission;

import java.util.Arrays;
import java.util.Optional;

/** Scopes of access tokens. A role brings its own; a token that names scopes is limited to them. */
public enum OAuthScope {
    READ,
    WRITE,
    EXECUTE,
    DEPLOY,
    AUDIT,
    /** Includes every other. */
    ADMIN;

    private static final String PREFIX = "stoa:";

    /** For instance {@code stoa:read}. */
    public String wireName() {
        return PREFIX + name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<OAuthScope> named(String name) {
        return Arrays.stream(values())
                .filter(scope -> scope.wireName().equals(name))
                .findFirst();
    }
}
