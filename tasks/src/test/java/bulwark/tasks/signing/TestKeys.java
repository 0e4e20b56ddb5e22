package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Keys and key settings to test with. */
final class TestKeys {
    static final Signing SIGNING = Signing.fastest();
    static final String ONE = key(1);
    static final String TWO = key(2);
    static final Envelope ENVELOPE = EnvelopeCodec.ofJson(
                    "{\"id\":\"0192f000-0000-7000-8000-000000000001\",\"name\":\"demo.task\",\"args\":{\"value\":1},\"headers\":{\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"maxRetries\":3,\"meta\":{\"stem.task\":\"demo.task\",\"__stemArgsEncoder\":\"json\"}}")
            .envelope();

    static String key(int seed) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = (byte) (seed * 31 + i * 7);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    static String publicKey(String seed) {
        return Base64.getEncoder()
                .encodeToString(
                        SIGNING.signer(SecretBytes.of(Base64.getDecoder().decode(seed)))
                                .publicKey());
    }

    static Configuration settings(Map<String, String> settings) {
        return Configuration.read(TaskSettings.schema(), settings, Path.of("/nonexistent"));
    }

    static EnvelopeSigning with(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put("STEM_SIGNING_" + pairs[i], pairs[i + 1]);
        }
        return EnvelopeSigning.of(settings(settings), SIGNING);
    }

    static EnvelopeSigning hmac(String keys, String active) {
        return with("KEYS", keys, "ACTIVE_KEY", active);
    }

    static EnvelopeSigning pair(String seed) {
        return pair("primary", seed);
    }

    static EnvelopeSigning pair(String id, String seed) {
        return with(
                "ALGORITHM",
                "Ed25519",
                "PUBLIC_KEYS",
                id + ":" + publicKey(seed),
                "PRIVATE_KEYS",
                id + ":" + seed,
                "ACTIVE_KEY",
                id);
    }

    static String reason(Verdict verdict) {
        return verdict instanceof Verdict.Invalid invalid ? invalid.reason() : verdict.toString();
    }

    private TestKeys() {}
}
