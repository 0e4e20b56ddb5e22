package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SigningRefused;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start line of the treasury's runbook, with the key in front of {@code api}: the key goes to a signer, and nothing of it is in the process that serves. */
@Timeout(600)
class SeatSignerHandoverTest {
    private static final String OWNER_KEY = "SEAT_MANAGER_OWNER_PRIVATE_KEY";
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private final byte[] key = newKey();
    private final int port = FreePort.next();

    private static byte[] newKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        key[0] &= 0x7f;
        return key;
    }

    @BeforeEach
    void prepare() throws Exception {
        ours("secrets generate");
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        ours("migrate deploy");
        Path signer = Files.createDirectory(
                folder.resolve("signer"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        String code = "60806040".repeat(40);
        write(signer.resolve("vault.hex"), code);
        ApproverKey anna = ApproverKey.create(folder.resolve("anna.key"), "anna", Signing.fastest());
        write(
                signer.resolve("approvers.json"),
                StrictJson.text(Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry()))));
        write(signer.resolve("policy.json"), StrictJson.text(policy(code)));
        write(signer.resolve(".env"), """
                SEAT_MANAGER_SIGNER_POLICY_FILE=policy.json
                SEAT_MANAGER_APPROVERS_FILE=approvers.json
                SEAT_MANAGER_VAULT_CREATION_CODE_FILE=vault.hex
                SEAT_MANAGER_GENESIS_FORK_VERSION=00000286
                """);
    }

    private Map<String, Object> policy(String code) {
        EvmAddress treasury = EvmAddress.ofPublicKey(
                Secp256k1Key.of(SecretBytes.of(key)).orElseThrow().publicKey());
        EvmAddress contract = new EvmAddress("0x" + "28".repeat(20));
        ChainNetwork network = new ChainNetwork(
                286,
                contract,
                contract,
                contract,
                VaultCode.parse(code.getBytes(StandardCharsets.US_ASCII))
                        .orElseThrow()
                        .hash());
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", "all");
        rule.put("effect", "allow");
        rule.put("kinds", List.of("approve"));
        rule.put("maxValueWei", "0");
        rule.put("maxFeePerGasWei", "50000000000");
        rule.put("maxGas", "500000");
        rule.put("approvals", 1);
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", network.json());
        policy.put("treasury", treasury.text());
        policy.put("rules", List.of(rule));
        return policy;
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    @Test
    void a_key_in_front_of_api_goes_to_a_signer_and_is_in_nothing_of_the_service() throws Exception {
        List<byte[]> forms = ProcessMemory.forms(key);
        Path log = folder.resolve("api.log");
        long signerPid;
        try (ProgramProcess service = start(log)) {
            service.awaitReady(() -> health().exitCode() == 0 && backend().equals("local"));
            signerPid = Long.parseLong(
                    Files.readString(folder.resolve("signer/signer.pid")).strip());
            assertThat(service.logText()).contains(OWNER_KEY + " stood in front of the start line");
            assertThat(ProcessMemory.find(signerPid, forms))
                    .as("the key is found where it is")
                    .isNotEmpty();
            assertThat(ProcessMemory.find(service.pid(), forms))
                    .as("memory of the service")
                    .isEmpty();
            for (String each : List.of("environ", "cmdline")) {
                for (long pid : List.of(service.pid(), signerPid)) {
                    assertThat(ProcessMemory.contains(
                                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), each)), forms))
                            .as(each + " of " + pid)
                            .isFalse();
                }
            }
            assertThat(filesWith(forms)).isEmpty();
            service.kill();
        }
        assertThat(filesWith(forms)).isEmpty();
    }

    @Test
    void the_signer_ends_when_the_service_is_killed() throws Exception {
        try (ProgramProcess service = start(folder.resolve("api.log"))) {
            service.awaitReady(() -> backend().equals("local"));
            long signer = Long.parseLong(
                    Files.readString(folder.resolve("signer/signer.pid")).strip());
            service.signal("KILL");
            ProcessHandle.of(signer).ifPresent(handle -> handle.onExit().join());
            assertThat(backend()).isEqualTo("none answers");
        }
    }

    @Test
    void a_key_in_front_of_a_service_on_a_public_interface_is_refused() throws Exception {
        Shell.Outcome refused = Shell.run(
                folder,
                Map.of(OWNER_KEY, HexFormat.of().formatHex(key)),
                COMMAND_TIMEOUT,
                List.of(program(), "api", "--port", Integer.toString(port), "--host", "0.0.0.0"));
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err())
                .contains("SEAT_MANAGER_HOST")
                .doesNotContain(HexFormat.of().formatHex(key));
    }

    private ProgramProcess start(Path log) throws IOException {
        return ProgramProcess.start(
                folder,
                Map.of(OWNER_KEY, "0x" + HexFormat.of().formatHex(key)),
                log,
                List.of(program(), "api", "--port", Integer.toString(port), "--host", "127.0.0.1"));
    }

    private String backend() {
        try {
            return new SignerClient(folder.resolve("signer.sock"))
                    .health()
                    .path("backend")
                    .asString("");
        } catch (SigningRefused e) {
            return "none answers";
        }
    }

    private List<Path> filesWith(List<byte[]> forms) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> ProcessMemory.contains(bytes(file), forms))
                    .toList();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException gone) {
            return new byte[0];
        }
    }

    private Shell.Outcome health() throws IOException, InterruptedException {
        return Shell.run(
                folder, Map.of(), COMMAND_TIMEOUT, List.of("curl", "-sf", "http://127.0.0.1:" + port + "/health"));
    }

    private void ours(String arguments) throws IOException, InterruptedException {
        Shell.Outcome outcome = Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, "'" + program() + "' " + arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    private static String program() {
        return SharedMaterial.repository().resolve("bin/seat-manager").toString();
    }
}
