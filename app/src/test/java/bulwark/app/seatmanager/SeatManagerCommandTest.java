package bulwark.app.seatmanager;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.ForkVersion;
import bulwark.testkit.FreePort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class SeatManagerCommandTest {
    @TempDir
    Path folder;

    @Test
    void config_check_ends_with_2_names_every_fault_and_shows_no_value() {
        String published = "0x" + "ab".repeat(32);
        CommandResult result = run(
                Map.of("SESSION_HMAC_SECRET", published, "SEAT_MANAGER_KMS_KEY_ID", "alias/treasury"),
                "config",
                "check",
                "--json");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).doesNotContain(published).doesNotContain("alias/treasury\"");
        JsonNode report = StrictJson.parse(result.out().strip().getBytes(StandardCharsets.UTF_8));
        assertThat(report.get("ok").booleanValue()).isFalse();
        assertThat(report.get("problems").toString())
                .contains("SESSION_HMAC_SECRET", "STEP_UP_HMAC_SECRET", "DATABASE_URL", "SEAT_MANAGER_KMS_KEY_ID");
    }

    @Test
    void a_newcomer_goes_from_nothing_to_a_current_store() throws Exception {
        assertThat(run(Map.of(), "secrets", "generate").code()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        assertThat(run(Map.of(), "config", "check").code()).isZero();
        assertThat(run(Map.of(), "config", "print").out()).contains("DATABASE_URL", "[secret]");
        assertThat(run(Map.of(), "secrets", "check").code()).isZero();

        assertThat(run(Map.of(), "migrate", "status").code()).isEqualTo(3);
        assertThat(run(Map.of(), "migrate", "deploy").code()).isZero();
        assertThat(run(Map.of(), "migrate", "status").code()).isZero();
        assertThat(run(Map.of(), "migrate", "verify").code()).isZero();
        assertThat(run(Map.of(), "fsck").out()).contains("clean");

        assertThat(run(Map.of(), "secrets", "generate").code()).isEqualTo(1);
        assertThat(run(Map.of(), "secrets", "rotate", "everything").code()).isEqualTo(2);
        assertThat(run(Map.of(), "secrets", "rotate", "step-up").code()).isZero();
    }

    @Test
    void config_check_names_every_field_of_a_network_file_that_is_wrong_and_a_digest_that_is_not_its_own()
            throws Exception {
        assertThat(run(Map.of(), "secrets", "generate").code()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        byte[] file = "{\"schema\":\"csm-network/1\",\"chainId\":\"0\"}".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("network.json"), file);
        Map<String, String> named = Map.of(
                "SEAT_MANAGER_NETWORK_FILE",
                "network.json",
                "SEAT_MANAGER_NETWORK_FILE_SHA256",
                Digests.sha256Hex(file));
        CommandResult faulty = run(named, "config", "check");
        assertThat(faulty.code()).isEqualTo(2);
        assertThat(faulty.err()).contains("chainId", "treasuryRouter", "codeHashes", "genesisBlock");

        Files.writeString(folder.resolve("network.json"), "{}");
        assertThat(run(named, "config", "check").err()).contains("SEAT_MANAGER_NETWORK_FILE_SHA256");
    }

    @Test
    void status_asks_each_client_and_says_which_of_them_does_not_answer() throws Exception {
        assertThat(run(Map.of(), "secrets", "generate").code()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        byte[] file = StrictJson.write(network().json());
        Files.write(folder.resolve("network.json"), file);
        String[] nobody = new String[4];
        for (int i = 0; i < nobody.length; i++) {
            nobody[i] = "http://127.0.0.1:" + FreePort.next() + "/secret-of-an-account";
        }
        CommandResult status = run(
                Map.of(
                        "SEAT_MANAGER_NETWORK_FILE",
                        "network.json",
                        "SEAT_MANAGER_NETWORK_FILE_SHA256",
                        Digests.sha256Hex(file),
                        "SEAT_MANAGER_EL_RPC_URLS",
                        "one=" + nobody[0] + ",two=" + nobody[1],
                        "SEAT_MANAGER_CL_API_URLS",
                        "left=" + nobody[2] + ",right=" + nobody[3]),
                "status");
        assertThat(status.code()).as(status.err()).isEqualTo(3);
        assertThat(status.out())
                .contains("one: ", "two: ", "left: ", "right: ")
                .contains("- the clients are not as SEAT_MANAGER_NETWORK_FILE says: one")
                .contains("- the consensus client left does not answer")
                .contains("- SEAT_MANAGER_WRITES_ENABLED is false", "nobody answers at")
                .doesNotContain("secret-of-an-account");
    }

    private static NetworkFile network() {
        String hash = "0x" + "11".repeat(32);
        return new NetworkFile(
                "local",
                286,
                new ForkVersion("00000286"),
                EvmAddress.of("0x" + "1a".repeat(20)),
                EvmAddress.of("0x" + "2b".repeat(20)),
                EvmAddress.of("0x" + "3c".repeat(20)),
                EvmAddress.of("0x" + "4d".repeat(20)),
                hash,
                hash,
                hash,
                hash,
                HexText.of(ContractCode.WITHDRAWAL_VAULT.creationHash()),
                0);
    }

    @Test
    void actions_of_a_seat_say_what_they_lack_and_change_nothing_without_a_chain() throws Exception {
        assertThat(run(Map.of(), "secrets", "generate").code()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        assertThat(run(Map.of(), "migrate", "deploy").code()).isZero();
        CommandResult refused = run(Map.of(), "seat", "approve", "1");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("PREFLIGHT_FAILED", "SEAT_MANAGER_EL_RPC_URLS");
        assertThat(run(Map.of(), "allowlist", "status").err()).contains("PREFLIGHT_FAILED");
        CommandResult sent = run(Map.of(), "seat", "deposit", "1", "--send", "--plan", "ab".repeat(32));
        assertThat(sent.err()).contains("WRITES_DISABLED");
        assertThat(run(Map.of(), "seat", "deposit", "1", "--send").code()).isEqualTo(2);
        assertThat(run(Map.of(), "seat", "approve", "../1").code()).isEqualTo(2);
    }

    @Test
    void deposit_data_verify_names_a_code_for_each_reason_and_judges_signatures_in_a_child() throws Exception {
        Files.writeString(folder.resolve("deposit.json"), "[" + SEAT_DEPOSIT + "]");
        CommandResult good = run(Map.of(), "deposit-data", "verify", "deposit.json", "--fork-version", "0x00000286");
        assertThat(good.out())
                .contains("0x306da94e96acfce98b4c480d57a193c70c6d647e8048f50f1d32dba52685e368", "ok: the key signed");
        assertThat(good.code()).isZero();

        CommandResult elsewhere =
                run(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "00000287"), "deposit-data", "verify", "deposit.json");
        assertThat(elsewhere.err()).contains("FORK_VERSION_OF_ANOTHER_NETWORK", "SIGNATURE_OF_ANOTHER_NETWORK");
        assertThat(elsewhere.code()).isEqualTo(1);

        Files.writeString(folder.resolve("keystore.json"), "{\"crypto\":{\"x\":\"c0ffee\"}}");
        CommandResult secrets = run(Map.of(), "deposit-data", "verify", "keystore.json", "--fork-version", "00000286");
        assertThat(secrets.err()).contains("FILE_HOLDS_SECRETS").doesNotContain("c0ffee");
        assertThat(run(Map.of(), "deposit-data", "verify", "deposit.json").code())
                .isEqualTo(2);
        assertThat(run(Map.of(), "deposit-data", "verify", "absent.json", "--fork-version", "00000286")
                        .code())
                .isEqualTo(2);
    }

    private static final String SEAT_DEPOSIT =
            "{\"pubkey\":\"95a254501b7733239ed3cec4d56737977bd09ede881d8a234560e83e5525017add3b1dcc3eabfb85e12a4131b19c253b\","
                    + "\"withdrawal_credentials\":\"010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9\","
                    + "\"amount\":32000000000,\"signature\":\"a00accc4b6511f720e53dd131d5b017028ea91fa276c292761f34f83848f1e28"
                    + "66e8c64d2e82b40fd1e8392e0d802e1f0b4b4e53f494c678230185d50bfb69ce3b68bd21795d0057cfe33e96123ed409d9886ba7"
                    + "fd79a8d690b2a004c367a640\",\"deposit_message_root\":\"b0e95f037af964ff89fbda108663b320a6b760a56f3c8a3b8f"
                    + "9394e039747d82\",\"deposit_data_root\":\"306da94e96acfce98b4c480d57a193c70c6d647e8048f50f1d32dba52685e368"
                    + "\",\"fork_version\":\"00000286\",\"network_name\":\"centurion\",\"deposit_cli_version\":\"2.7.0\"}";

    private CommandResult run(Map<String, String> environment, String... arguments) {
        return CommandResult.of(
                folder,
                environment,
                "",
                Stream.concat(Stream.of("seat-manager"), Stream.of(arguments)).toArray(String[]::new));
    }
}
