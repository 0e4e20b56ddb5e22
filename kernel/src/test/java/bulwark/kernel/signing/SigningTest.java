package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.secrets.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected values: signatures that the Stigmem reference makes with the seeds 00…1f and 20…3f. */
class SigningTest {
    private static final String FIRST_PUBLIC = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";

    @ParameterizedTest
    @EnumSource
    void seeds_give_the_reference_public_keys_and_ids(Signing.Provider provider) {
        Ed25519Signer first = Signing.of(provider).signer(seed(0));
        Ed25519Signer second = Signing.of(provider).signer(seed(0x20));

        assertThat(base64(first.publicKey())).isEqualTo(FIRST_PUBLIC);
        assertThat(first.keyId()).isEqualTo("56475aa75463474c");
        assertThat(base64(second.publicKey())).isEqualTo("Kay64UG8yvCyLhqU000LxzYeUm0L_hLIl5S8kyKWbdc");
        assertThat(second.keyId()).isEqualTo("24f6ed6acbfe1009");
    }

    @ParameterizedTest
    @EnumSource
    void canonical_objects_get_the_reference_signatures(Signing.Provider provider) {
        Ed25519Signer signer = Signing.of(provider).signer(seed(0));
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("verb", "write");
        token.put("token_version", 1);
        token.put("token_id", "00000000-0000-4000-8000-000000000002");
        token.put("subject", "stigmem://node.example/agent/a");
        token.put("object", "stigmem://facts/scope:company");
        token.put("nonce", "ab".repeat(32));
        token.put("issuer", "https://node.example");
        token.put("issued_at", "2026-01-01T00:00:00+00:00");
        token.put("expiry", "2026-03-31T00:00:00+00:00");
        Map<String, Object> peer = Map.of(
                "federation_pubkey", FIRST_PUBLIC,
                "node_id", "stigmem:node:a",
                "node_url", "https://a.example",
                "allowed_scopes", List.of("company", "public"),
                "signed_at", "2026-01-01T00:00:00Z");

        assertThat(base64(signer.sign(CanonicalJson.bytes(token))))
                .isEqualTo("vx4FdiHqDHGw6k7YOtGwU_nYGC9C9tdbz_Tf5oO8GNFhoPk8oJf-exrnxla4-1rycV2TIOchnyjbwYZr3JQ5Ag");
        assertThat(base64(signer.sign(CanonicalJson.bytes(peer))))
                .isEqualTo("39x1ZBDQiHOcI3cw5H4lMCHDjfEEY1SE_9M15jO1Ciefk315E7cmwdHC5FL_VIgpxjPCSKlpYKLZ0lR1TlzHDg");
    }

    /** A snapshot of ten thousand routes has seven mebibytes. */
    @ParameterizedTest
    @EnumSource
    void messages_of_any_length_are_signed_and_verified(Signing.Provider provider) {
        Signing signing = Signing.of(provider);
        Ed25519Signer signer = signing.signer(seed(0));
        for (int length : List.of(0, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 7 << 20)) {
            byte[] message = new byte[length];
            byte[] signature = signer.sign(message);
            assertThat(signing.verify(signer.publicKey(), message, signature))
                    .as("%s bytes", length)
                    .isTrue();
            assertThat(Signing.of(Signing.Provider.JDK).verify(signer.publicKey(), message, signature))
                    .as("%s bytes, judged by another", length)
                    .isTrue();
            byte[] longer = Arrays.copyOf(message, length + 1);
            assertThat(signing.verify(signer.publicKey(), longer, signature)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void texts_get_the_reference_signatures(Signing.Provider provider) {
        Ed25519Signer signer = Signing.of(provider).signer(seed(0));
        String attested = "stigmem://testnode/user/alice\nmemory:role\nstring\nengineer\nstigmem://testnode/agent/test";
        String jwt = base64("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(
                        ("{\"iss\":\"stigmem:node:a\",\"sub\":\"stigmem:node:b\",\"iat\":1767225600000,\"exp\":1767229200000,"
                                        + "\"nonce\":\"00000000-0000-4000-8000-000000000003\",\"scopes\":[\"company\",\"public\"]}")
                                .getBytes(StandardCharsets.UTF_8));

        assertThat(base64(signer.sign(attested.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("v7PXn3LqhewFvNP5W2dt1bViXpiTs2GG90BPpEJth5GMeeEUI1ANLXMzi-7yFwgUihhLADJdCgUo4wSE8gEVCA");
        assertThat(base64(signer.sign(jwt.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("O44YRIIm1yu58PLqBsuPrYyJiA45RadcR8JRUk1L_dyX1k_MEWWicam9d7K4J0CVnlMWVbQmviIYSFmjbzHlAQ");
        assertThat(Digests.sha256Hex(FIRST_PUBLIC))
                .isEqualTo("b43cdfe1bf180ef4e22bb93ea9cc8f0ef23b762de714053b3bf0acdda2d7470d");
    }

    @Test
    void each_provider_verifies_what_the_others_sign() {
        byte[] message = new byte[1000];
        for (Signing.Provider one : Signing.Provider.values()) {
            Ed25519Signer signer = Signing.of(one).signer(Signing.of(one).random32());
            for (Signing.Provider other : Signing.Provider.values()) {
                assertThat(Signing.of(other).verify(signer.publicKey(), message, signer.sign(message)))
                        .isTrue();
            }
        }
    }

    @Test
    void an_empty_hmac_key_is_the_same_as_a_zero_byte() {
        for (Signing.Provider provider : Signing.Provider.values()) {
            Signing signing = Signing.of(provider);
            assertThat(signing.hmacSha256(SecretBytes.of(new byte[0]), new byte[0]))
                    .isEqualTo(signing.hmacSha256(SecretBytes.of(new byte[1]), new byte[0]))
                    .hasSize(32);
        }
    }

    @Test
    void a_seed_of_another_length_is_refused() {
        Signing signing = Signing.of(Signing.Provider.JDK);

        assertThatIllegalArgumentException().isThrownBy(() -> signing.signer(SecretBytes.of(new byte[31])));
    }

    @Test
    void the_system_property_forces_a_provider_and_an_unknown_name_is_refused() {
        try {
            System.setProperty(Signing.PROVIDER_PROPERTY, "bouncy-castle");
            assertThat(Signing.fastest().provider()).isEqualTo(Signing.Provider.BOUNCY_CASTLE);
            assertThat(Signing.installForTls()).startsWith("TLS uses the JDK's cryptography");
            System.setProperty(Signing.PROVIDER_PROPERTY, "rot13");
            assertThatIllegalStateException().isThrownBy(Signing::fastest).withMessageContaining("CORRETTO");
        } finally {
            System.clearProperty(Signing.PROVIDER_PROPERTY);
        }
        assertThat(Signing.fastest().describe()).contains("self-test passed");
    }

    @Test
    void nothing_prints_a_seed() {
        SecretBytes seed = seed(0);
        String hex = "000102030405060708";

        assertThat(Signing.of(Signing.Provider.JDK).signer(seed).toString()).doesNotContain(hex);
        assertThat(Signing.of(Signing.Provider.BOUNCY_CASTLE).signer(seed).toString())
                .doesNotContain(hex);
    }

    private static SecretBytes seed(int first) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = (byte) (first + i);
        }
        return SecretBytes.of(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
