package bulwark.gateway.export;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What both exports say of every answer and every request. */
final class SharedRules {
    static final Map<String, String> HEADERS = new TreeMap<>(Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "X-XSS-Protection", "0",
            "Referrer-Policy", "strict-origin-when-cross-origin",
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"));

    static final String HSTS = "max-age=31536000; includeSubDomains";

    /** Of the backend, and not for clients. */
    static final List<String> HIDDEN = List.of("Server", "X-Powered-By");

    /** Names that a backend takes for ours, as far as a proxy that knows no patterns of names can list them. */
    static final List<String> RESERVED = List.of(
            "X-User-ID",
            "X-User-Roles",
            "X-User-Scopes",
            "X-User-Email",
            "X-Tenant-ID",
            "X-SSL-Client-Verify",
            "X-SSL-Client-Cert",
            "X-SSL-Client-Fingerprint",
            "X-SSL-Client-S-DN",
            "X-SSL-Client-I-DN",
            "X-Authenticated-Client-Fingerprint",
            "X-Authenticated-Client-Subject",
            "Forwarded");

    /** What the other proxy does not do. */
    static final String NOTICE =
            "Written by stoa export. Identity, quotas, policies and decision records are the gateway's and not in this file:"
                    + " put it where callers are known already.";

    private SharedRules() {}
}
