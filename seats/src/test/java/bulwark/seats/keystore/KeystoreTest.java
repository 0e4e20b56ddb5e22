package bulwark.seats.keystore;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The two files of EIP-2335, and our own. */
class KeystoreTest {
    private static final String SALT = "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";
    private static final String SCRYPT = file(
            "scrypt",
            "\"n\":262144,\"p\":1,\"r\":8",
            "d2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484",
            "06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f");
    private static final String PBKDF2 = file(
            "pbkdf2",
            "\"c\":262144,\"prf\":\"hmac-sha256\"",
            "8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1",
            "cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad");
    private static final byte[] SECRET =
            HexFormat.of().parseHex("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
    /** In mathematical letters, with a key: NFKD makes plain ones of them. */
    private static final SecretBytes PASSWORD = SecretBytes.ofText("𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑");

    private static String file(String function, String params, String checksum, String message) {
        return ("{\"crypto\":{\"kdf\":{\"function\":\"%s\",\"params\":{\"dklen\":32,%s,\"salt\":\"%s\"},\"message\":\"\"},"
                        + "\"checksum\":{\"function\":\"sha256\",\"params\":{},\"message\":\"%s\"},"
                        + "\"cipher\":{\"function\":\"aes-128-ctr\",\"params\":{\"iv\":\"264daa3f303d7259501c93d997d84fe6\"},"
                        + "\"message\":\"%s\"}},\"version\":4}")
                .formatted(function, params, SALT, checksum, message);
    }

    private static Optional<SecretBytes> open(String file, SecretBytes password) {
        return Keystore.open(StrictJson.parse(file.getBytes(StandardCharsets.UTF_8)), password);
    }

    @Test
    void the_files_of_the_eip_open_with_its_password() {
        for (String file : List.of(SCRYPT, PBKDF2)) {
            assertThat(open(file, PASSWORD).orElseThrow().expose(SecretAccess.grant()))
                    .isEqualTo(SECRET);
        }
        assertThat(HexFormat.of().formatHex(Keystore.encoded(PASSWORD).expose(SecretAccess.grant())))
                .isEqualTo("7465737470617373776f7264f09f9491");
        assertThat(open(PBKDF2, SecretBytes.ofText("test\u0000pass\u007fword\u0085🔑")))
                .as("control characters do not count")
                .isPresent();
        assertThat(open(PBKDF2, SecretBytes.ofText("testpassword"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"c\":262144|\"c\":0",
                "\"c\":262144|\"c\":99999999",
                "\"dklen\":32|\"dklen\":16",
                "hmac-sha256|hmac-sha1",
                "\"version\":4|\"version\":3",
                "aes-128-ctr|aes-128-cbc",
                "264daa3f303d7259501c93d997d84fe6|264d",
                "264daa3f303d7259501c93d997d84fe6|zz4daa3f303d7259501c93d997d84fe6",
                "pbkdf2|scrypt",
                "pbkdf2|argon2"
            })
    void a_file_of_another_form_does_not_open_and_costs_nothing(String edit) {
        String[] parts = edit.split("\\|");
        assertThat(open(PBKDF2.replace(parts[0], parts[1]), PASSWORD)).isEmpty();
    }

    @Test
    void scrypt_takes_no_more_memory_than_the_eip_has() {
        assertThat(open(SCRYPT.replace("262144", "524288"), PASSWORD)).isEmpty();
        assertThat(open(SCRYPT.replace("262144", "262143"), PASSWORD)).isEmpty();
    }

    @Test
    void each_file_has_a_salt_a_counter_and_an_id_of_its_own_and_opens_with_its_password_alone() {
        SecretBytes secret = SecretBytes.of(SECRET);
        Keystore one = Keystore.encrypt(secret, PASSWORD, "ab".repeat(48), "m/12381/3600/0/0/0", Signing.fastest());
        Keystore two = Keystore.encrypt(secret, PASSWORD, "ab".repeat(48), "m/12381/3600/0/0/0", Signing.fastest());

        assertThat(one.open(PASSWORD).orElseThrow().equalsSecret(secret)).isTrue();
        assertThat(one.open(SecretBytes.ofText("another password"))).isEmpty();
        JsonNode first = StrictJson.parse(StrictJson.write(one.json()));
        JsonNode second = StrictJson.parse(StrictJson.write(two.json()));
        for (String member :
                List.of("/crypto/kdf/params/salt", "/crypto/cipher/params/iv", "/crypto/cipher/message", "/uuid")) {
            assertThat(first.at(member)).as(member).isNotEqualTo(second.at(member));
        }
        assertThat(first.at("/uuid").asString())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(first.at("/version").asInt()).isEqualTo(4);
        assertThat(first.at("/path").asString()).isEqualTo("m/12381/3600/0/0/0");
    }
}
