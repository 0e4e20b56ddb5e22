package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.error.OperatorError;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.deposit.ValidatorKeyProcess;
import bulwark.seats.keystore.Keystore;
import bulwark.seats.keystore.Mnemonic;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.plan.VaultParameters;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Keys of validators that a signer makes: never one twice, and of a secret nothing but its encrypted file. */
@Timeout(180)
class ValidatorKeysTest {
    private static final String WORDS =
            "hamster diagram private dutch cause delay private meat slide toddler razor book"
                    + " happy fancy gospel tennis maple dilemma loan word shrug inflict delay length";
    private static final SecretBytes PASSWORD = SecretBytes.ofText("a password of keystores");
    private static final VaultParameters VAULT =
            new VaultParameters(EvmAddress.of("0x" + "be".repeat(20)), 86_400, BigInteger.TEN.pow(18));
    private static final ForkVersion NETWORK = new ForkVersion("00000286");

    @TempDir
    Path folder;

    private Map<String, String> settings() throws IOException {
        write("mnemonic", WORDS + "\n");
        write("keystore-password", PASSWORD.exposeText(SecretAccess.grant()) + "\n");
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_MNEMONIC_FILE", "mnemonic");
        settings.put("SEAT_MANAGER_KEYSTORE_PASSWORD_FILE", "keystore-password");
        return settings;
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private JsonNode generate() {
        return new SignerClient(folder.resolve("signer.sock")).generate(new ValidatorKeyRequest(VAULT));
    }

    @Test
    void a_key_comes_with_a_deposit_into_its_own_vault_and_a_file_that_opens() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder, settings());
                BlsVerifier bls = BlsVerifier.ofThisProgram()) {
            JsonNode made = generate();
            assertThat(made.path("index").asString()).isEqualTo("0");
            String pubkey = made.path("pubkey").asString();
            VaultCode code = VaultCode.parse(Files.readAllBytes(folder.resolve("vault.hex")))
                    .orElseThrow();
            EvmAddress vault = code.address(signer.network, pubkey, VAULT);
            assertThat(made.path("vault").asString()).isEqualTo(vault.text());

            DepositFile deposit = DepositFile.parse(StrictJson.write(List.of(made.path("depositData"))));
            assertThat(new DepositVerifier(NETWORK, bls)
                            .verify(
                                    deposit,
                                    new DepositVerifier.Expected(
                                            HexText.bytes(pubkey), VaultAddress.credentials(vault))))
                    .isEmpty();

            SecretBytes secret =
                    new Keystore(members(made.path("keystore"))).open(PASSWORD).orElseThrow();
            try (ValidatorKeyProcess same = ValidatorKeyProcess.derive(
                    Mnemonic.seed("MNEMONIC", SecretBytes.ofText(WORDS)), 12_381, 3_600, 0, 0, 0)) {
                assertThat(HexText.of(same.pubkey())).isEqualTo(pubkey);
                assertThat(same.secret().equalsSecret(secret)).isTrue();
            }
            assertThat(filesWith(secret.expose(SecretAccess.grant()))).isEmpty();
        }
    }

    private static Map<String, Object> members(JsonNode keystore) {
        Map<String, Object> members = new LinkedHashMap<>();
        keystore.properties().forEach(each -> members.put(each.getKey(), each.getValue()));
        return members;
    }

    private List<Path> filesWith(byte[] secret) throws IOException {
        String digits = HexFormat.of().formatHex(secret);
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String text = content(file);
                        return text.contains(digits) || text.contains(new String(secret, StandardCharsets.ISO_8859_1));
                    })
                    .toList();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void no_index_comes_twice_whatever_is_restarted_and_a_first_index_skips_those_below() throws Exception {
        SignerUnderTest signer = new SignerUnderTest(folder, settings());
        JsonNode first = generate();
        JsonNode second = generate();
        signer.close();
        Map<String, String> later = settings();
        later.put("SEAT_MANAGER_FIRST_KEY_INDEX", "40");
        try (SignerUnderTest again = new SignerUnderTest(folder, settings())) {
            JsonNode third = generate();
            assertThat(List.of(first, second, third).stream()
                            .map(made -> made.path("index").asString()))
                    .containsExactly("0", "1", "2");
            assertThat(List.of(first, second, third).stream()
                            .map(made -> made.path("pubkey").asString()))
                    .doesNotHaveDuplicates();
        }
        try (SignerUnderTest skipping = new SignerUnderTest(folder, later)) {
            assertThat(generate().path("index").asString()).isEqualTo("40");
        }
        try (SignerUnderTest back = new SignerUnderTest(folder, settings())) {
            assertThat(generate().path("index").asString()).isEqualTo("41");
        }
        assertThat(SigningJournal.fsck(folder.resolve("signer.db")).sentences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "beneficiary,0x12",
        "claimDelaySeconds,3599",
        "claimDelaySeconds,2592001",
        "maxClaimPerPeriodWei,0",
        "maxClaimPerPeriodWei,32000000000000000001",
        "index,7"
    })
    void a_request_that_is_wrong_names_its_field_and_takes_no_index(String field, String value) throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder, settings())) {
            Map<String, Object> request = new LinkedHashMap<>(new ValidatorKeyRequest(VAULT).json());
            request.put(field, value);
            assertThatThrownBy(() -> ValidatorKeyRequest.read(StrictJson.parse(StrictJson.write(request))))
                    .isInstanceOf(SigningRefused.class)
                    .hasMessageContaining(field);
        }
    }

    @Test
    void a_signer_without_a_mnemonic_makes_no_keys() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            assertThatThrownBy(this::generate)
                    .isInstanceOfSatisfying(
                            SigningRefused.class,
                            refused -> assertThat(refused.code()).isEqualTo("NO_MNEMONIC"));
        }
    }

    @Test
    void words_or_a_password_that_cannot_be_used_refuse_the_start_and_are_not_repeated() throws Exception {
        Map<String, String> settings = settings();
        write("mnemonic", WORDS.replace("hamster", "zoo"));
        assertThatThrownBy(() -> new SignerUnderTest(folder, settings))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("SEAT_MANAGER_MNEMONIC")
                .hasMessageNotContaining("zoo");
        write("mnemonic", WORDS);
        write("keystore-password", "short");
        assertThatThrownBy(() -> new SignerUnderTest(folder, settings))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("SEAT_MANAGER_KEYSTORE_PASSWORD");
        settings.remove("SEAT_MANAGER_KEYSTORE_PASSWORD_FILE");
        settings.put("SEAT_MANAGER_KEYSTORE_PASSWORD", "a password of keystores");
        assertThatThrownBy(() -> new SignerUnderTest(folder, settings))
                .hasMessageContaining("SEAT_MANAGER_KEYSTORE_PASSWORD_FILE");
    }
}
