package bulwark.tasks.signing;

import static bulwark.tasks.signing.TestKeys.ENVELOPE;
import static bulwark.tasks.signing.TestKeys.ONE;
import static bulwark.tasks.signing.TestKeys.TWO;
import static bulwark.tasks.signing.TestKeys.hmac;
import static bulwark.tasks.signing.TestKeys.pair;
import static bulwark.tasks.signing.TestKeys.publicKey;
import static bulwark.tasks.signing.TestKeys.reason;
import static bulwark.tasks.signing.TestKeys.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvelopeSigningTest {
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
                        assertThat(refused.sentences()).hasSize(4).noneMatch(problem -> problem.contains(ONE)));
        assertThatExceptionOfType(ConfigurationRefused.class)
                .isThrownBy(() -> hmac("primary:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "primary"))
                .satisfies(refused -> assertThat(refused.sentences())
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
                .satisfies(refused -> assertThat(refused.sentences())
                        .singleElement()
                        .asString()
                        .contains("do not belong together"));
    }

    @Test
    void a_signature_is_base64_with_padding_and_nothing_else() {
        EnvelopeSigning signing = hmac("primary:" + ONE, "primary");
        String good = signing.sign(ENVELOPE).headers().get(Envelope.SIGNATURE);
        for (String bad :
                new String[] {good.replace("=", ""), good + "\n", " " + good, good + "====", "-_" + good.substring(2)
                }) {
            assertThat(reason(signing.verify(forged(bad, "primary"))))
                    .as(bad)
                    .isEqualTo("signature header is not base64 encoded");
        }
        for (String bad : new String[] {"", "AAAA", good.substring(4), good.substring(0, 40)}) {
            assertThat(reason(signing.verify(forged(bad, "primary")))).as(bad).isEqualTo("signature mismatch");
        }
    }

    @Test
    void an_incomplete_signature_is_invalid() {
        EnvelopeSigning signing = hmac("primary:" + ONE, "primary");
        assertThat(signing.verify(ENVELOPE.withHeaders(Map.of(Envelope.SIGNATURE_KEY, "primary"))))
                .isEqualTo(new Verdict.Invalid("missing signature headers", "primary"));
        assertThat(signing.verify(ENVELOPE.withHeaders(Map.of(Envelope.SIGNATURE, "AAAA"))))
                .isEqualTo(new Verdict.Invalid("missing signature headers", null));
    }

    @Test
    void a_hostile_key_id_does_not_forge_log_lines() {
        EnvelopeSigning signing = hmac("primary:" + ONE, "primary");
        assertThat(reason(signing.verify(forged("AAAA", "a\r\nINFO all is well"))))
                .isEqualTo("unknown signing key \"a??INFO all is well\"");
        assertThat(reason(signing.verify(forged("AAAA", "x".repeat(100_000))))).hasSizeLessThan(200);
    }

    /** Each id is known in the ring of the other algorithm only. */
    @Test
    void key_rings_do_not_share_keys() {
        EnvelopeSigning both = with("KEYS", "h:" + ONE, "PUBLIC_KEYS", "e:" + publicKey(TWO), "ACTIVE_KEY", "h");
        String byHmac = hmac("h:" + ONE, "h").sign(ENVELOPE).headers().get(Envelope.SIGNATURE);
        String byPair = pair("e", TWO).sign(ENVELOPE).headers().get(Envelope.SIGNATURE);
        assertThat(both.verify(forged(byHmac, "h"))).isEqualTo(new Verdict.Valid("hmac-sha256", "h"));
        assertThat(both.verify(forged(byPair, "e"))).isEqualTo(new Verdict.Valid("ed25519", "e"));
        assertThat(reason(both.verify(forged(byHmac, "e")))).isEqualTo("signature mismatch");
        assertThat(reason(both.verify(forged(byPair, "h")))).isEqualTo("signature mismatch");
    }

    /** Whoever verifies with a key that was printed with its private half takes tasks of anybody. */
    @Test
    void the_public_half_of_a_published_pair_is_refused() {
        for (String published : new String[] {
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "MQKrHe7hFRCoOi1DGdEdQOcfQGqEcTQGt79szn6gTJ0="
        }) {
            assertThatExceptionOfType(ConfigurationRefused.class)
                    .isThrownBy(() -> with("PUBLIC_KEYS", "primary:" + published, "ACTIVE_KEY", "primary"))
                    .satisfies(refused -> assertThat(refused.sentences())
                            .singleElement()
                            .asString()
                            .contains("was published"));
        }
    }

    @Test
    void both_alphabets_of_base64_are_read_in_settings() {
        byte[] key = new byte[32];
        for (int i = 0; i < 32; i++) {
            key[i] = (byte) (0xFF - i % 3);
        }
        String standard = Base64.getEncoder().encodeToString(key);
        String forUrls = Base64.getUrlEncoder().encodeToString(key);
        assertThat(standard).isNotEqualTo(forUrls);
        Envelope signed = hmac(" primary : " + standard + " ,, ", "primary").sign(ENVELOPE);
        assertThat(hmac("primary:" + forUrls, "primary").verify(signed)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void public_keys_alone_verify_and_do_not_sign() {
        EnvelopeSigning worker =
                with("ALGORITHM", "ed25519", "PUBLIC_KEYS", "primary:" + publicKey(TWO), "ACTIVE_KEY", "primary");
        assertThat(worker.canVerify()).isTrue();
        assertThat(worker.canSign()).isFalse();
        Envelope signed = pair(TWO).sign(ENVELOPE);
        assertThat(worker.signIfAble(signed)).isSameAs(signed);
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.sign(ENVELOPE))
                .withMessage("Signing configuration incomplete: there are no STEM_SIGNING_PRIVATE_KEYS");
    }

    @Test
    void private_keys_that_sign_nothing_are_warned_of() {
        assertThat(with("PUBLIC_KEYS", "p:" + publicKey(TWO), "PRIVATE_KEYS", "p:" + TWO, "ACTIVE_KEY", "p")
                        .describe())
                .anyMatch(line -> line.startsWith("warning: there are private keys and nothing is signed"));
        assertThat(with("ALGORITHM", "ed25519", "PUBLIC_KEYS", "p:" + publicKey(TWO), "PRIVATE_KEYS", "p:" + TWO)
                        .describe())
                .anyMatch(line -> line.startsWith("warning: there are private keys and nothing is signed"));
        assertThat(hmac("p:AAECAwQF", "p").describe()).anyMatch(line -> line.contains("has only 6 bytes"));
    }

    private static Envelope forged(String signature, String keyId) {
        Map<String, String> headers = new HashMap<>(ENVELOPE.headers());
        headers.put(Envelope.SIGNATURE, signature);
        headers.put(Envelope.SIGNATURE_KEY, keyId);
        return ENVELOPE.withHeaders(headers);
    }
}
