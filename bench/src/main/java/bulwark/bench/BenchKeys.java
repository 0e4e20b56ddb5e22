package bulwark.bench;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.setup.TlsAssets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Fresh keys for one run. */
final class BenchKeys {
    private BenchKeys() {}

    static Map<String, String> hmac() {
        return Map.of(
                "STEM_SIGNING_KEYS",
                "primary:" + text(Signing.fastest().random32()),
                "STEM_SIGNING_ACTIVE_KEY",
                "primary");
    }

    static Map<String, String> ed25519() {
        Signing signing = Signing.fastest();
        SecretBytes seed = signing.random32();
        String publicKey =
                Base64.getEncoder().encodeToString(signing.signer(seed).publicKey());
        return Map.of(
                "STEM_SIGNING_ALGORITHM",
                "ed25519",
                "STEM_SIGNING_PUBLIC_KEYS",
                "primary:" + publicKey,
                "STEM_SIGNING_PRIVATE_KEYS",
                "primary:" + text(seed),
                "STEM_SIGNING_ACTIVE_KEY",
                "primary");
    }

    private static String text(SecretBytes secret) {
        return Base64.getEncoder().encodeToString(secret.expose(SecretAccess.grant()));
    }

    static void certificates(Path folder) {
        new TlsAssets(folder, List.of("localhost"), "bench", Duration.ofDays(1), null).make(Clock.systemUTC());
    }
}
