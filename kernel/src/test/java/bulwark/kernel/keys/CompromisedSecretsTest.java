package bulwark.kernel.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompromisedSecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
                " ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8\n",
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "0xAC0974BEC39A17E36BA4A6B4D238FF944BACB478CBED5EFCAE784D7BF4F2FF80",
                "changeme",
                "ChangeMe ",
                "password",
                "00000000000000000000000000000000",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "__________________________________________8",
                "/////////////////////////////////////////w=="
            })
    void a_published_text_is_recognised_in_every_encoding(String text) {
        assertThat(CompromisedSecrets.contains(SecretBytes.ofText(text))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            })
    void a_published_seed_is_recognised_by_its_bytes(String hex) {
        assertThat(CompromisedSecrets.contains(SecretBytes.of(HexFormat.of().parseHex(hex))))
                .isTrue();
    }

    @Test
    void fresh_values_are_not_reported_as_published() {
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[32];
            random.nextBytes(bytes);
            assertThat(CompromisedSecrets.contains(SecretBytes.of(bytes))).isFalse();
        }
        assertThat(CompromisedSecrets.contains(SecretBytes.ofText(""))).isFalse();
        assertThat(CompromisedSecrets.contains(SecretBytes.ofText("aaa"))).isFalse();
    }

    @Test
    void a_seed_reads_with_and_without_padding_and_says_what_is_wrong() {
        byte[] bytes = new byte[32];
        new Random(6).nextBytes(bytes);
        SecretBytes seed = SecretBytes.of(bytes);
        String text = Ed25519SeedText.text(seed).exposeText(SecretAccess.grant());

        assertThat(text).hasSize(43);
        assertThat(Ed25519SeedText.parse("X", SecretBytes.ofText(text)).equalsSecret(seed))
                .isTrue();
        assertThat(Ed25519SeedText.parse("X", SecretBytes.ofText(text + "=\n")).equalsSecret(seed))
                .isTrue();
        assertThatExceptionOfType(KeyRefused.class)
                .isThrownBy(() -> Ed25519SeedText.parse("STIGMEM_NODE_PRIVATE_KEY", SecretBytes.ofText("AAAA")))
                .withMessage("STIGMEM_NODE_PRIVATE_KEY must decode to exactly 32 bytes; got 3");
        assertThatExceptionOfType(KeyRefused.class)
                .isThrownBy(() -> Ed25519SeedText.parse("X", SecretBytes.ofText(text.substring(0, 42) + "!")))
                .withMessageNotContaining(text.substring(0, 10));
    }
}
