package bulwark.gateway.policy;

import bulwark.gateway.http1.HeaderName;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers a policy may touch. Names are compared as backends may read them: case and underscores do not count. */
final class PolicyHeaders {
    private static final List<String> SECRET_PARTS = List.of(
            "auth",
            "cookie",
            "token",
            "secret",
            "password",
            "api-key",
            "apikey",
            "credential",
            "session",
            "dpop",
            "signature");
    private static final List<String> GATEWAYS_OWN =
            List.of("x-stoa-", "x-ratelimit-", "access-control-", "sec-", "proxy-");
    private static final Set<String> FIXED_IN_REQUESTS = Set.of(
            "via", "date", "origin", "expect", "content-type", "content-encoding", "content-range", "range", "dpop");
    private static final Set<String> FIXED_IN_ANSWERS = Set.of(
            "via",
            "date",
            "age",
            "vary",
            "location",
            "content-type",
            "content-encoding",
            "content-range",
            "content-security-policy",
            "set-cookie",
            "www-authenticate",
            "retry-after",
            "allow",
            "cross-origin-opener-policy",
            "cross-origin-embedder-policy",
            "cross-origin-resource-policy",
            "alt-svc",
            "trailer",
            "dpop-nonce");

    private PolicyHeaders() {}

    static boolean mayHoldCredentials(String name) {
        String folded = folded(name);
        return SECRET_PARTS.stream().anyMatch(folded::contains);
    }

    /** Why a policy must not touch the header on the way to the backend; null when it may. */
    static @Nullable String problemInRequest(String name) {
        return switch (HeaderName.codeOf(name)) {
            case HeaderName.OTHER, HeaderName.ACCEPT -> problem(name, FIXED_IN_REQUESTS);
            case -1 -> "must be the name of a header";
            default -> "is reserved: the gateway alone sets or removes it";
        };
    }

    /** Why a policy must not touch the header on the way back; null when it may. */
    static @Nullable String problemInResponse(String name) {
        return switch (HeaderName.codeOf(name)) {
            case HeaderName.OTHER -> problem(name, FIXED_IN_ANSWERS);
            case -1 -> "must be the name of a header";
            default -> "is reserved: the gateway alone sets or removes it";
        };
    }

    private static @Nullable String problem(String name, Set<String> fixed) {
        String folded = folded(name);
        if (fixed.contains(folded) || GATEWAYS_OWN.stream().anyMatch(folded::startsWith)) {
            return "is reserved: the gateway alone sets or removes it";
        }
        return mayHoldCredentials(name) ? "may hold a credential, which no policy sets or removes" : null;
    }

    static boolean isValue(String value) {
        return value.equals(value.strip()) && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static String folded(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
            folded.append(Character.isLetterOrDigit(c) ? c : '-');
        }
        return folded.toString();
    }
}
