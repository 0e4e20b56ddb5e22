package bulwark.tasks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.keys.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EnvelopeSigningTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final String ONE = key(1);
    private static final String TWO = key(2);
    private static final Envelope ENVELOPE = EnvelopeText.ofJson(
                    "{\"id\":\"0192f000-0000-7000-8000-000000000001\",\"name\":\"demo.task\",\"args\":{\"value\":1},\"headers\":{\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"maxRetries\":3,\"meta\":{\"stem.task\":\"demo.task\",\"__stemArgsEncoder\":\"json\"}}")
            .envelope();

    private static String key(int seed) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = (byte) (seed * 31 + i * 7);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String publicKey(String seed) {
        return Base64.getEncoder()
                .encodeToString(
                        SIGNING.signer(SecretBytes.of(Base64.getDecoder().decode(seed)))
                                .publicKey());
    }

    private static Configuration settings(Map<String, String> settings) {
        return Configuration.read(TaskSettings.schema(), settings, Path.of("/nonexistent"));
    }

    private static EnvelopeSigning with(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put("STEM_SIGNING_" + pairs[i], pairs[i + 1]);
        }
        return EnvelopeSigning.of(settings(settings), SIGNING);
    }

    private static EnvelopeSigning hmac(String keys, String active) {
        return with("KEYS", keys, "ACTIVE_KEY", active);
    }

    private static EnvelopeSigning pair(String seed) {
        return with(
                "ALGORITHM",
                "Ed25519",
                "PUBLIC_KEYS",
                "primary:" + publicKey(seed),
                "PRIVATE_KEYS",
                "primary:" + seed,
                "ACTIVE_KEY",
                "primary");
    }

    private static String reason(Verdict verdict) {
        return verdict instanceof Verdict.Invalid invalid ? invalid.reason() : verdict.toString();
    }

    /** The secrets of the vectors are published, so they drive the arithmetic and no configuration. */
    @Test
    void the_signatures_are_those_of_the_vectors() {
        byte[] canonical = EnvelopeText.canonical(ENVELOPE);
        byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] seed = Base64.getDecoder().decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
        assertThat(Base64.getEncoder().encodeToString(SIGNING.hmacSha256(SecretBytes.of(secret), canonical)))
                .isEqualTo("uQpuoUqhhwc1IIAfbViC1pugKmbHkMoLGYNpO/mU/9A=");
        assertThat(Base64.getEncoder()
                        .encodeToString(SIGNING.signer(SecretBytes.of(seed)).sign(canonical)))
                .isEqualTo("uUf2ddEs7VyPmteuc+LSwy4AjzU1l1dyFHmkwEj/zOaBs1cirtIyxIrGoyEDmSGF+2n0JFYRahXjFto7pnG7Ag==");
    }

    @Test
    void what_was_signed_verifies_and_any_change_does_not() {
        for (EnvelopeSigning signing : new EnvelopeSigning[] {hmac("primary:" + ONE, "primary"), pair(TWO)}) {
            Envelope signed = signing.sign(ENVELOPE);
            assertThat(signing.verify(signed)).isInstanceOf(Verdict.Valid.class);
            Map<String, String> headers = new HashMap<>(signed.headers());
            headers.put("tenant", "other");
            assertThat(reason(signing.verify(signed.withHeaders(headers)))).isEqualTo("signature mismatch");
        }
    }

    @Test
    void each_refusal_has_its_reason() {
        EnvelopeSigning signing = hmac("primary:" + ONE, "primary");
        assertThat(reason(signing.verify(ENVELOPE))).isEqualTo("missing signature headers");
        assertThat(reason(signing.verify(hmac("other:" + ONE, "other").sign(ENVELOPE))))
                .isEqualTo("unknown signing key \"other\"");
        assertThat(reason(signing.verify(ENVELOPE.withHeaders(
                        Map.of(Envelope.SIGNATURE, "not base64!", Envelope.SIGNATURE_KEY, "primary")))))
                .isEqualTo("signature header is not base64 encoded");
        assertThat(reason(signing.verify(hmac("primary:" + TWO, "primary").sign(ENVELOPE))))
                .isEqualTo("signature mismatch");
    }

    /** Both scenarios call their key "primary". */
    @Test
    void a_worker_with_both_rings_takes_what_either_signed() {
        EnvelopeSigning both = with(
                "ALGORITHM",
                "ed25519",
                "KEYS",
                "primary:" + ONE,
                "PUBLIC_KEYS",
                "primary:" + publicKey(TWO),
                "ACTIVE_KEY",
                "primary");
        assertThat(both.canSign()).isFalse();
        assertThat(both.verify(hmac("primary:" + ONE, "primary").sign(ENVELOPE)))
                .isEqualTo(new Verdict.Valid("hmac-sha256", "primary"));
        assertThat(both.verify(pair(TWO).sign(ENVELOPE))).isEqualTo(new Verdict.Valid("ed25519", "primary"));
    }

    /** The classic confusion: a tag made with the public key as the secret. */
    @Test
    void a_public_key_is_never_taken_for_a_secret() {
        EnvelopeSigning forger = hmac("primary:" + publicKey(TWO), "primary");
        EnvelopeSigning verifier =
                with("ALGORITHM", "ed25519", "PUBLIC_KEYS", "primary:" + publicKey(TWO), "ACTIVE_KEY", "primary");
        assertThat(reason(verifier.verify(forger.sign(ENVELOPE)))).isEqualTo("signature mismatch");
    }

    @Test
    void faults_of_the_settings_are_told_together_and_quote_no_key() {
        assertThatExceptionOfType(ConfigurationRefused.class)
                .isThrownBy(() -> with(
                        "ALGORITHM",
                        "rsa",
                        "KEYS",
                        "primary:" + ONE + ",x",
                        "PUBLIC_KEYS",
                        "p:AAAA",
                        "ACTIVE_KEY",
                        "gone"))
                .satisfies(refused ->
                        assertThat(refused.problems()).hasSize(4).noneMatch(problem -> problem.contains(ONE)));
        assertThatExceptionOfType(ConfigurationRefused.class)
                .isThrownBy(() -> hmac("primary:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "primary"))
                .satisfies(refused -> assertThat(refused.problems())
                        .singleElement()
                        .asString()
                        .contains("was published"));
        assertThatExceptionOfType(ConfigurationRefused.class)
                .isThrownBy(() -> with(
                        "ALGORITHM",
                        "ed25519",
                        "PUBLIC_KEYS",
                        "p:" + publicKey(ONE),
                        "PRIVATE_KEYS",
                        "p:" + TWO,
                        "ACTIVE_KEY",
                        "p"))
                .satisfies(refused -> assertThat(refused.problems())
                        .singleElement()
                        .asString()
                        .contains("do not belong together"));
    }

    @Test
    void a_rotation_in_the_right_order_rejects_nothing_at_any_step() {
        AtomicReference<Map<String, String>> worker =
                new AtomicReference<>(Map.of("STEM_SIGNING_KEYS", "k1:" + ONE, "STEM_SIGNING_ACTIVE_KEY", "k1"));
        EnvelopeSigning verifier = EnvelopeSigning.reloading(() -> settings(worker.get()), SIGNING);
        Envelope old = hmac("k1:" + ONE, "k1").sign(ENVELOPE);
        Envelope renewed = hmac("k2:" + TWO, "k2").sign(ENVELOPE);

        worker.set(Map.of("STEM_SIGNING_KEYS", "k1:" + ONE + ",k2:" + TWO, "STEM_SIGNING_ACTIVE_KEY", "k1"));
        verifier.reload();
        assertThat(verifier.verify(old)).isInstanceOf(Verdict.Valid.class);
        assertThat(verifier.verify(renewed)).isInstanceOf(Verdict.Valid.class);

        worker.set(Map.of("STEM_SIGNING_KEYS", "k2:" + TWO, "STEM_SIGNING_ACTIVE_KEY", "k2"));
        verifier.reload();
        assertThat(reason(verifier.verify(old))).isEqualTo("unknown signing key \"k1\"");
        assertThat(verifier.verify(renewed)).isInstanceOf(Verdict.Valid.class);

        worker.set(Map.of("STEM_SIGNING_KEYS", "broken", "STEM_SIGNING_ACTIVE_KEY", "k2"));
        assertThat(verifier.reload()).allMatch(sentence -> sentence.contains("stay as they were"));
        assertThat(verifier.verify(renewed)).isInstanceOf(Verdict.Valid.class);
    }
}
