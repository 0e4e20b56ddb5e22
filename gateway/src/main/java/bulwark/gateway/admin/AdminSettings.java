package bulwark.gateway.admin;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.secrets.SecretBytes;
import java.util.List;
import java.util.Optional;

/** What the settings of the admin API mean together. */
public final class AdminSettings {
    static final int MIN_TOKEN_LENGTH = 32;
    static final String TOKEN = "STOA_ADMIN_API_TOKEN";
    static final String PREVIOUS = "STOA_ADMIN_API_TOKEN_PREVIOUS";

    private AdminSettings() {}

    public static void check(Configuration settings, SettingFindings findings) {
        for (String name : List.of(TOKEN, PREVIOUS)) {
            Optional<SecretBytes> token = settings.secret(name);
            if (token.isPresent() && token.get().length() < MIN_TOKEN_LENGTH) {
                findings.refuse(name + " has fewer than " + MIN_TOKEN_LENGTH
                        + " characters and can be guessed; make one with: openssl rand -hex 32");
            }
        }
        if (settings.secret(PREVIOUS).isPresent() && settings.secret(TOKEN).isEmpty()) {
            findings.refuse(
                    PREVIOUS + " is set and " + TOKEN + " is not; set " + TOKEN + " to the token that replaces it");
        }
    }
}
