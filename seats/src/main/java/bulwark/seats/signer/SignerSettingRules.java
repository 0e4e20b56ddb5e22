package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingRules;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.deposit.ForkVersion;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** What the settings of a signer must be together. */
final class SignerSettingRules implements SettingRules {
    private static final int MIN_PASSWORD_BYTES = 12;

    @Override
    public void check(Configuration settings, SettingFindings findings) {
        boolean local = settings.secret(SignerSettings.OWNER_KEY).isPresent();
        boolean kms = !settings.text(SignerSettings.KMS_KEY).isEmpty();
        boolean token = !settings.text(SignerSettings.PKCS11_LIBRARY).isEmpty();
        if (local && !Loopback.isLoopback(settings.text("SEAT_MANAGER_HOST"))) {
            findings.refuse("SEAT_MANAGER_HOST is not loopback beside " + SignerSettings.OWNER_KEY
                    + ": a local key never stands beside a public interface. Bind loopback");
        }
        if (local && (kms || token)) {
            findings.warn(SignerSettings.OWNER_KEY + " is set beside a key in " + (kms ? "KMS" : "a token")
                    + " and is not read: take it away");
        }
        if (kms && token) {
            findings.refuse(SignerSettings.PKCS11_LIBRARY + " and " + SignerSettings.KMS_KEY
                    + " are both set: name one key of the treasury");
        }
        boolean mnemonic = settings.secret(SignerSettings.MNEMONIC).isPresent();
        if (local || kms || token || mnemonic) {
            needed(settings, findings);
            network(settings, findings);
        }
        if (kms) {
            kms(settings, findings);
        }
        if (settings.count(SignerSettings.PKCS11_SLOT) > Integer.MAX_VALUE) {
            findings.refuse(SignerSettings.PKCS11_SLOT + " must be from 0 to " + Integer.MAX_VALUE);
        }
        pin(settings, findings, token);
        mnemonic(settings, findings, mnemonic);
    }

    /** Longer than what a person would try, and in no environment; the words may also come on standard input. */
    private static void mnemonic(Configuration settings, SettingFindings findings, boolean mnemonic) {
        String words = source(settings, SignerSettings.MNEMONIC);
        if (words.equals(".env")) {
            findings.refuse(SignerSettings.MNEMONIC + " stands in the .env: put the words into a file of mode 600 and"
                    + " name that in " + SignerSettings.MNEMONIC + "_FILE");
        }
        inAFile(settings, findings, SignerSettings.KEYSTORE_PASSWORD, "password");
        if (mnemonic
                && settings.secret(SignerSettings.KEYSTORE_PASSWORD)
                                .map(SecretBytes::length)
                                .orElse(0)
                        < MIN_PASSWORD_BYTES) {
            findings.refuse(SignerSettings.KEYSTORE_PASSWORD + " is needed with " + SignerSettings.MNEMONIC + ", of "
                    + MIN_PASSWORD_BYTES + " characters or more: name its file in "
                    + SignerSettings.KEYSTORE_PASSWORD + "_FILE");
        }
        if (settings.count(SignerSettings.FIRST_KEY_INDEX) > Integer.MAX_VALUE) {
            findings.refuse(SignerSettings.FIRST_KEY_INDEX + " must be from 0 to " + Integer.MAX_VALUE);
        }
    }

    private static void inAFile(Configuration settings, SettingFindings findings, String name, String what) {
        String source = source(settings, name);
        if (!source.equals("unset") && !source.endsWith("_FILE")) {
            findings.refuse(name + " stands in the " + source + ": put the " + what
                    + " into a file of mode 600 and name that in " + name + "_FILE");
        }
    }

    private static String source(Configuration settings, String name) {
        return settings.effective().stream()
                .filter(each -> each.name().equals(name))
                .map(EffectiveSetting::source)
                .findFirst()
                .orElse("unset");
    }

    private static void needed(Configuration settings, SettingFindings findings) {
        for (String name : List.of(
                "SEAT_MANAGER_SIGNER_POLICY_FILE",
                "SEAT_MANAGER_APPROVERS_FILE",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE")) {
            if (settings.text(name).isEmpty()) {
                findings.refuse(name + " is needed with a key: nothing is signed by default");
            }
        }
    }

    /** Deposits are signed by validators for one network: a signature for a public one would count there. */
    private static void network(Configuration settings, SettingFindings findings) {
        Optional<ForkVersion> version = ForkVersion.parse(settings.text(SignerSettings.FORK_VERSION));
        if (version.isEmpty()) {
            findings.refuse(
                    SignerSettings.FORK_VERSION + " must be the 8 hexadecimal digits of the network's genesis fork"
                            + " version: the signer verifies deposits by it");
        }
        version.flatMap(ForkVersion::publicNetwork)
                .ifPresent(name -> findings.refuse(SignerSettings.FORK_VERSION + " is that of " + name
                        + ": deposits that are signed for it could be replayed there"));
    }

    private static void kms(Configuration settings, SettingFindings findings) {
        String region = KmsConnection.region(settings);
        if (!region.matches("[a-z]{2}(?:-[a-z]+)+-\\d")) {
            findings.refuse("AWS_REGION must name the region of the key, for instance eu-central-1");
        } else if (!KmsConnection.regionOfArn(settings).orElse(region).equals(region)) {
            findings.refuse("AWS_REGION is another region than that of the key's ARN in " + SignerSettings.KMS_KEY);
        }
        for (String name : List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")) {
            if (settings.secret(name).isEmpty()) {
                findings.refuse(name + " is needed with " + SignerSettings.KMS_KEY + ": set it or the file that " + name
                        + "_FILE names");
            }
        }
        endpoint(settings, findings);
    }

    private static void endpoint(Configuration settings, SettingFindings findings) {
        String endpoint = settings.text(SignerSettings.KMS_ENDPOINT);
        if (endpoint.isEmpty()) {
            return;
        }
        boolean loopback = Loopback.isLoopback(Loopback.hostOf(endpoint));
        if (!isUrl(endpoint) || (!loopback && !endpoint.startsWith("https://"))) {
            findings.refuse(SignerSettings.KMS_ENDPOINT + " must be a URL of https, or of http on loopback");
        } else if (!loopback && settings.text("SEAT_MANAGER_ENV").equals("production")) {
            findings.refuse(SignerSettings.KMS_ENDPOINT + " must be on loopback in production: leave it unset, and the"
                    + " region's own endpoint is asked");
        }
    }

    private static boolean isUrl(String text) {
        try {
            URI url = new URI(text);
            return url.getHost() != null
                    && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                    && url.getUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The PIN opens the token for whoever reads an environment: a file of its own alone. */
    private static void pin(Configuration settings, SettingFindings findings, boolean token) {
        String source = source(settings, SignerSettings.PKCS11_PIN);
        inAFile(settings, findings, SignerSettings.PKCS11_PIN, "PIN");
        if (token && source.equals("unset")) {
            findings.refuse(SignerSettings.PKCS11_PIN + " is needed with a token: name its file in "
                    + SignerSettings.PKCS11_PIN + "_FILE");
        }
    }
}
