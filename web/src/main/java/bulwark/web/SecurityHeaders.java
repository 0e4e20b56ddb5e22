package bulwark.web;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;

/** Constant headers of every answer, encoded once. A handler's own header of the same name wins (for instance a page's wider policy). */
final class SecurityHeaders {
    static final CharSequence REQUEST_ID = AsciiString.cached("x-request-id");

    private static final CharSequence[] ALWAYS = constants(
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY",
            "content-security-policy", "default-src 'none'; frame-ancestors 'none'",
            "referrer-policy", "no-referrer",
            "cache-control", "no-store",
            "cross-origin-resource-policy", "same-origin");
    private static final CharSequence[] OVER_TLS = constants("strict-transport-security", "max-age=31536000");

    private SecurityHeaders() {}

    static void add(MultiMap headers, boolean tls) {
        add(headers, ALWAYS);
        if (tls) {
            add(headers, OVER_TLS);
        }
    }

    private static void add(MultiMap headers, CharSequence[] constants) {
        for (int i = 0; i < constants.length; i += 2) {
            headers.add(constants[i], constants[i + 1]);
        }
    }

    private static CharSequence[] constants(String... namesAndValues) {
        CharSequence[] constants = new CharSequence[namesAndValues.length];
        for (int i = 0; i < constants.length; i++) {
            constants[i] = AsciiString.cached(namesAndValues[i]);
        }
        return constants;
    }
}
