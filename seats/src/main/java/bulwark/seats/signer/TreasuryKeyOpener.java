package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.plan.DevelopmentAccounts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the one key that the settings name. */
final class TreasuryKeyOpener {
    private TreasuryKeyOpener() {}

    /** @return null when there is none */
    static @Nullable TreasuryKey open(Configuration settings) {
        Optional<SecretBytes> local = settings.secret(SignerSettings.OWNER_KEY);
        if (local.isEmpty()) {
            return null;
        }
        TreasuryKey key = LocalTreasuryKey.parse(local.get())
                .orElseThrow(() -> CommandFailed.usage(
                        SignerSettings.OWNER_KEY + " must be a private key of secp256k1: 64 hexadecimal digits"));
        DevelopmentAccounts.find(key.address()).ifPresent(known -> {
            throw CommandFailed.usage(SignerSettings.OWNER_KEY + " is the key of " + known
                    + ", which everybody has: make a key of your own");
        });
        return key;
    }
}
