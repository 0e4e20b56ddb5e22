package bulwark.kernel.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which names a CA of the bundle may vouch for: the fingerprint of its certificate (SHA-256 of the DER, hex) → prefixes of URIs. A
 * CA that is not listed may vouch for every name. Immutable.
 */
public record AuthorityNames(Map<String, List<String>> prefixes) {
    public static final AuthorityNames ANY = new AuthorityNames(Map.of());

    private static final String FINGERPRINT = "[0-9a-f]{64}";

    public AuthorityNames {
        prefixes = Map.copyOf(prefixes);
    }

    /**
     * @param entries each {@code fingerprint=prefix}; a fingerprint may come several times, with colons or without
     * @throws IllegalArgumentException with a sentence about the entry that is malformed
     */
    public static AuthorityNames parse(List<String> entries) {
        Map<String, List<String>> prefixes = new HashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String fingerprint = equals < 0
                    ? ""
                    : entry.substring(0, equals).strip().replace(":", "").toLowerCase(Locale.ROOT);
            String prefix = entry.substring(equals + 1).strip();
            if (!fingerprint.matches(FINGERPRINT) || !prefix.contains(":")) {
                throw new IllegalArgumentException(
                        "\"" + entry + "\" is not <SHA-256 of the CA's certificate>=<beginning"
                                + " of a URI>; the first comes from: openssl x509 -in ca.crt -noout -fingerprint -sha256");
            }
            prefixes.computeIfAbsent(fingerprint, f -> new ArrayList<>()).add(prefix);
        }
        prefixes.replaceAll((fingerprint, list) -> List.copyOf(list));
        return new AuthorityNames(prefixes);
    }

    /** Whether the CA may vouch for names of its own choice. */
    public boolean isBound(String fingerprint) {
        return prefixes.containsKey(fingerprint);
    }

    boolean allows(String fingerprint, String uri) {
        List<String> allowed = prefixes.get(fingerprint);
        return allowed == null || allowed.stream().anyMatch(prefix -> begins(uri, prefix));
    }

    /** Whole segments only: {@code stigmem://node} is no beginning of {@code stigmem://node.evil}. */
    private static boolean begins(String uri, String prefix) {
        return uri.startsWith(prefix)
                && (uri.length() == prefix.length() || prefix.endsWith("/") || uri.charAt(prefix.length()) == '/');
    }
}
