package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.plan.DevelopmentAccounts;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the one key that the settings name: KMS before a token, a token before a local key, which is then not even parsed. */
final class TreasuryKeyOpener {
    private TreasuryKeyOpener() {}

    /**
     * @return null when there is none
     * @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when it cannot be used now
     */
    static @Nullable TreasuryKey open(Configuration settings, Path directory) {
        TreasuryKey key = find(settings, directory);
        if (key != null) {
            DevelopmentAccounts.find(key.address()).ifPresent(known -> {
                key.close();
                throw CommandFailed.usage(setting(settings) + " is the key of " + known
                        + ", which everybody has: make a key of your own");
            });
        }
        return key;
    }

    /** Whether a local key stands beside the one that is used. */
    static boolean ignoresLocalKey(Configuration settings) {
        return settings.secret(SignerSettings.OWNER_KEY).isPresent()
                && !setting(settings).equals(SignerSettings.OWNER_KEY);
    }

    private static String setting(Configuration settings) {
        return SignerSettings.KEYS.stream()
                .filter(name -> !name.equals(SignerSettings.OWNER_KEY))
                .filter(name -> !settings.text(name).isEmpty())
                .findFirst()
                .orElse(SignerSettings.OWNER_KEY);
    }

    private static @Nullable TreasuryKey find(Configuration settings, Path directory) {
        return switch (setting(settings)) {
            case SignerSettings.KMS_KEY -> KmsConnection.open(settings);
            case SignerSettings.PKCS11_LIBRARY -> Pkcs11TreasuryKey.open(settings, directory);
            default -> local(settings);
        };
    }

    private static @Nullable TreasuryKey local(Configuration settings) {
        Optional<SecretBytes> local = settings.secret(SignerSettings.OWNER_KEY);
        if (local.isEmpty()) {
            return null;
        }
        return LocalTreasuryKey.parse(local.get())
                .orElseThrow(() -> CommandFailed.usage(
                        SignerSettings.OWNER_KEY + " must be a private key of secp256k1: 64 hexadecimal digits"));
    }
}
