package bulwark.app.seatmanager;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.Approval;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SeatPlanCommandTest {
    @TempDir
    Path folder;

    @Test
    void a_plan_is_read_explained_compared_verified_and_approved_without_a_service() throws Exception {
        Files.write(folder.resolve("plan.json"), plan("olga").bytes());
        Files.write(folder.resolve("other.json"), plan("otto").bytes());
        String text = Files.readString(folder.resolve("plan.json"));
        Files.writeString(folder.resolve("answer.json"), "{\"digest\":\"x\",\"plan\":" + text + "}");
        Files.writeString(folder.resolve("wrong.json"), text.replaceFirst("\"calldata\":\"0x", "\"calldata\":\"0x00"));

        assertThat(run("plan", "show", "answer.json").out().strip()).isEqualTo(text);
        assertThat(run("plan", "verify", "plan.json").code()).isZero();
        assertThat(run("plan", "verify", "plan.json").out())
                .startsWith("Finalise the settlement of vault 0x0000…0004, from treasury ")
                .contains(plan("olga").digest().groups())
                .endsWith("verified\n");
        assertThat(run("plan", "explain", "plan.json").out()).contains("calldata      0x", "proposed by   olga");
        assertThat(run("plan", "verify", "wrong.json")).satisfies(result -> {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).contains("CALLDATA_MISMATCH");
        });
        assertThat(run("plan", "diff", "plan.json", "other.json").out()).isEqualTo("proposer: olga -> otto\n");
        assertThat(run("plan", "diff", "plan.json", "answer.json").code()).isZero();
        assertThat(run("plan", "verify", "nothing.json").code()).isEqualTo(2);

        CommandResult made = run("approver", "key", "create", "--person", "anna", "--key", "anna.key");
        assertThat(made.code()).isZero();
        assertThat(made.out()).contains("\"person\":\"anna\"").doesNotContain("seed");
        assertThat(run("approver", "key", "create", "--person", "anna", "--key", "anna.key")
                        .code())
                .isEqualTo(2);
        CommandResult approved = run("approve", "plan.json", "--key", "anna.key");
        assertThat(approved.err()).contains("Finalise the settlement");
        Approval approval = Approval.read(approved.out().strip().getBytes(StandardCharsets.UTF_8));
        assertThat(approval.plan()).isEqualTo(plan("olga").digest());
        assertThat(approval.isGenuine(Signing.fastest())).isTrue();
        assertThat(run("approve", "wrong.json", "--key", "anna.key")).satisfies(result -> {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
        });
        assertThat(run("approve", "wrong.json", "--key", "anna.key", "--reject").out())
                .contains("\"reject\"");
        Files.write(folder.resolve("own.json"), plan("anna").bytes());
        assertThat(run("approve", "own.json", "--key", "anna.key").code()).isEqualTo(1);

        Files.setPosixFilePermissions(folder.resolve("anna.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("approve", "plan.json", "--key", "anna.key")).satisfies(result -> {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("chmod 600");
        });
        assertThat(StrictJson.parse(Files.readAllBytes(folder.resolve("anna.key")))
                        .has("seed"))
                .isTrue();
    }

    private static Plan plan(String proposer) {
        ChainNetwork network = new ChainNetwork(286, address(1), address(2), address(3), "0x" + "11".repeat(32));
        PlannedAction action = new PlannedAction.VaultStep(bulwark.seats.plan.PlanKind.FINALIZE_SETTLEMENT, address(4));
        Instant now = Instant.now().truncatedTo(ChronoUnit.DAYS);
        return new Plan(
                network,
                1,
                address(9),
                CallEncoder.target(action, network, address(9)),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                action,
                new PlanPreconditions(
                        PlanPreconditions.CHAIN,
                        BigInteger.ONE,
                        "0x" + "22".repeat(32),
                        1,
                        address(3),
                        "0x" + "33".repeat(32),
                        "0x" + "44".repeat(32)),
                new GasCeiling(200_000, BigInteger.TWO, BigInteger.ONE),
                proposer,
                now,
                now.plus(3, ChronoUnit.DAYS));
    }

    private static EvmAddress address(int number) {
        return new EvmAddress(String.format("0x%040x", number));
    }

    private CommandResult run(String... arguments) {
        return CommandResult.of(
                folder,
                Map.of(),
                "",
                Stream.concat(Stream.of("seat-manager"), Stream.of(arguments)).toArray(String[]::new));
    }
}
