package bulwark.gateway.possession;

import bulwark.kernel.json.Base64Url;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** SHA-256 of a certificate in the three ways that proxies write it, as 64 lower-case hex digits. */
final class CertificateFingerprint {
    private static final int LENGTH = 32;
    private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{64}");
    private static final Pattern WITH_COLONS = Pattern.compile("[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31}");

    private CertificateFingerprint() {}

    /** Empty for anything else, a SHA-1 fingerprint too. */
    static Optional<String> parse(String text) {
        if (HEX.matcher(text).matches()) {
            return Optional.of(text.toLowerCase(Locale.ROOT));
        }
        if (WITH_COLONS.matcher(text).matches()) {
            return Optional.of(text.replace(":", "").toLowerCase(Locale.ROOT));
        }
        return Base64Url.exactly(LENGTH, text).map(HexFormat.of()::formatHex);
    }
}
