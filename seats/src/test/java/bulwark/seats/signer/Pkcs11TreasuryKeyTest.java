package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.error.OperatorError;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Pkcs11Token;
import bulwark.seats.contract.EvmAddress;
import bulwark.testkit.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A key that a real token made and keeps. */
class Pkcs11TreasuryKeyTest extends TreasuryKeyContract {
    private static final AtomicInteger KEYS = new AtomicInteger();

    private final SoftHsmToken token = SoftHsmToken.ofThisProcess();

    @Override
    String kind() {
        return "pkcs11";
    }

    @Override
    Map<String, String> settings() throws IOException {
        Map<String, String> settings = withoutKey();
        Pkcs11TreasuryKey.create(
                new SignerUnderTest(folder, settings, SignerUnderTest.local()).settings(Map.of()),
                folder,
                Instant.now());
        return settings;
    }

    private Map<String, String> withoutKey() throws IOException {
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_OWNER_PRIVATE_KEY", "");
        settings.put("SEAT_MANAGER_PKCS11_LIBRARY", token.library().toString());
        settings.put("SEAT_MANAGER_PKCS11_SLOT", Integer.toString(token.slot()));
        settings.put("SEAT_MANAGER_PKCS11_KEY", "treasury-" + KEYS.incrementAndGet());
        settings.put("SEAT_MANAGER_PKCS11_PIN_FILE", pin(token.pin()).toString());
        return settings;
    }

    private Path pin(String pin) throws IOException {
        Path file = folder.resolve("pin-" + pin);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, pin + "\n");
    }

    @Test
    void a_key_that_the_command_makes_never_leaves_the_token_and_is_replaced_by_nobody() throws Exception {
        Map<String, String> settings = withoutKey();
        SignerUnderTest none = new SignerUnderTest(folder, settings, SignerUnderTest.local());
        assertThatThrownBy(() -> Pkcs11TreasuryKey.open(none.settings(Map.of()), folder))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("signer key create");
        EvmAddress made = Pkcs11TreasuryKey.create(none.settings(Map.of()), folder, Instant.now());
        try (TreasuryKey key = Pkcs11TreasuryKey.open(none.settings(Map.of()), folder)) {
            assertThat(key.address()).isEqualTo(made);
        }
        Pkcs11Token.Key key = Pkcs11Token.open(token.library(), token.slot(), SecretBytes.ofText(token.pin()))
                .find(settings.get("SEAT_MANAGER_PKCS11_KEY"))
                .orElseThrow();
        assertThat(key.isExtractable()).isFalse();
        assertThatThrownBy(() -> Pkcs11TreasuryKey.create(none.settings(Map.of()), folder, Instant.now()))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("already");
    }

    @Test
    void a_pin_comes_from_a_file_alone_and_what_is_wrong_with_token_slot_or_pin_refuses_the_start() throws Exception {
        SignerUnderTest none = new SignerUnderTest(folder, withoutKey(), SignerUnderTest.local());
        assertThatThrownBy(() -> none.settings(
                        Map.of("SEAT_MANAGER_PKCS11_PIN_FILE", "", "SEAT_MANAGER_PKCS11_PIN", token.pin())))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("SEAT_MANAGER_PKCS11_PIN_FILE")
                .hasMessageNotContaining(token.pin());
        assertThatThrownBy(() -> none.settings(Map.of("SEAT_MANAGER_PKCS11_PIN_FILE", "")))
                .hasMessageContaining("SEAT_MANAGER_PKCS11_PIN_FILE");
        assertThatThrownBy(() -> none.settings(Map.of("SEAT_MANAGER_PKCS11_SLOT", "99999999999")))
                .hasMessageContaining("SEAT_MANAGER_PKCS11_SLOT");
        for (Map<String, String> wrong : java.util.List.of(
                Map.of("SEAT_MANAGER_PKCS11_LIBRARY", "/nonexistent/library.so"),
                Map.of(
                        "SEAT_MANAGER_PKCS11_LIBRARY",
                        folder.resolve("vault.hex").toString()),
                Map.of("SEAT_MANAGER_PKCS11_SLOT", "7"))) {
            assertThatThrownBy(() -> Pkcs11TreasuryKey.open(none.settings(wrong), folder))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("cannot be opened");
        }
    }
}
