package bulwark.gateway.admin;

import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.secrets.SecretBytes;
import java.util.List;
import java.util.Optional;

/** What the settings of the admin API mean together. */
public final class AdminSettings {
    static final String TOKEN = "STOA_ADMIN_API_TOKEN";
    static final String PREVIOUS = "STOA_ADMIN_API_TOKEN_PREVIOUS";

    /** Of the token. */
    public static final RotatedSecret.Names NAMES = new RotatedSecret.Names(TOKEN, PREVIOUS);

    private AdminSettings() {}

    public static void check(Configuration settings, SettingFindings findings) {
        for (String name : List.of(TOKEN, PREVIOUS)) {
            Optional<SecretBytes> token = settings.secret(name);
            if (token.isPresent() && token.get().length() < RotatedSecret.MIN_LENGTH) {
                findings.refuse(name + " has fewer than " + RotatedSecret.MIN_LENGTH
                        + " characters and can be guessed; make one with: openssl rand -hex 32");
            }
        }
        if (settings.secret(PREVIOUS).isPresent() && settings.secret(TOKEN).isEmpty()) {
            findings.refuse(
                    PREVIOUS + " is set and " + TOKEN + " is not; set " + TOKEN + " to the token that replaces it");
        }
    }
}
