package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.approval.Approval;
import bulwark.seats.chain.CanonicalChain;
import bulwark.seats.plan.Plan;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.RpcRelay;
import bulwark.testkit.RpcRelay.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sender that ends between any two of its steps: each plan has one effect, evidence stays whole, and the line of nonces has no gap. {@code -Dbulwark.seats.kills=N} for more. */
@Timeout(900)
class KilledSenderTest {
    private static final int KILLS = Integer.getInteger("bulwark.seats.kills", 8);
    private static final int ABORTS = Integer.getInteger("bulwark.seats.aborts", 40);

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    private AnvilChain chain;
    private TreasuryUnderTest treasury;

    @BeforeEach
    void start() throws IOException {
        chain = AnvilChain.start();
        treasury = new TreasuryUnderTest(chain, signerFolder, 3);
        Files.createDirectories(folder.resolve("plans"));
    }

    @AfterEach
    void stop() {
        treasury.close();
        chain.close();
    }

    @Test
    void a_process_that_is_killed_between_any_two_steps_sends_each_plan_once() throws Exception {
        int plans = 0;
        List<SendStep> steps = List.of(SendStep.values());
        Set<SendStep> seen = EnumSet.noneOf(SendStep.class);
        hand(plans++);
        assertThat(run("NONE")).isEqualTo("DONE");
        for (int i = 0; i < KILLS; i++) {
            hand(plans++);
            SendStep step = steps.get(i % steps.size());
            assertThat(run(step.name())).isEqualTo("AT " + step);
            seen.add(step);
        }
        assertThat(run("NONE")).isEqualTo("DONE");

        assertThat(seen).containsAll(EnumSet.allOf(SendStep.class));
        requireOneEffectOfEach(plans);
    }

    private void requireOneEffectOfEach(int plans) {
        assertThat(treasury.vaults()).isEqualTo(plans);
        assertThat(treasury.mined()).isEqualTo(plans);
        assertThat(treasury.signed()).isEqualTo(plans);
        try (SenderUnderTest seats = SenderUnderTest.of(treasury, folder, step -> {}, chain.uri(), chain.uri())) {
            ChainReconciler.Pass pass = seats.reconciler.run();
            assertThat(pass.gaps()).isEmpty();
            assertThat(seats.pauses()).isEmpty();
            assertThat(seats.evidenceProblems()).isEmpty();
            List<Operation> operations = seats.store.read(tx -> OperationRows.page(tx, null, null, 10_000, 0));
            assertThat(operations)
                    .hasSize(plans)
                    .allSatisfy(each -> assertThat(each.status()).isEqualTo(Operation.Status.CONFIRMED));
        }
    }

    private void hand(int number) throws IOException {
        Plan plan = treasury.vaultPlan();
        List<Object> approvals = new ArrayList<>();
        for (Approval approval : treasury.approvals(plan)) {
            approvals.add(approval.json());
        }
        Files.write(
                folder.resolve(String.format("plans/%05d.json", number)),
                StrictJson.write(Map.of("plan", plan.json(), "approvals", approvals)));
    }

    /** @return the last line of the process, which is killed when it stops */
    private String run(String stop) throws IOException, InterruptedException {
        CanonicalChain canonical = treasury.contracts.canonical();
        Path log = folder.resolve("process.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-Xlog:disable",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                SendingProcess.class.getName(),
                folder.toString(),
                signerFolder.resolve("signer.sock").toString(),
                chain.uri().toString(),
                stop));
        command.addAll(List.of(
                canonical.gate().text(),
                canonical.factory().text(),
                canonical.router().text(),
                canonical.treasury().text(),
                canonical.gateCodeHash(),
                canonical.factoryCodeHash(),
                canonical.routerCodeHash()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.equals("DONE") && !line.startsWith("AT ")) {
                line = out.readLine();
            }
            if (line == null) {
                throw new AssertionError("the process ended by itself:\n" + Files.readString(log));
            }
            if (line.equals("DONE")) {
                process.waitFor(60, TimeUnit.SECONDS);
            }
            process.destroyForcibly();
            process.waitFor();
            return line;
        }
    }

    /** Ends a sender in the middle, as a kill does to all that is not on disk. */
    private static final class Aborted extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void senders_that_break_off_while_answers_are_spoiled_send_each_plan_once() {
        Random random = new Random(7);
        Fault[] faults = {Fault.SWALLOWED, Fault.CUT, Fault.STATUS_500, Fault.ALREADY_KNOWN, Fault.DROPPED};
        try (RpcRelay one = RpcRelay.before(chain.uri());
                RpcRelay two = RpcRelay.before(chain.uri());
                SenderUnderTest seats = SenderUnderTest.of(treasury, folder, step -> {}, one.uri(), two.uri())) {
            seats.reconciler.run();
            List<Plan> plans = new ArrayList<>();
            int aborts = 0;
            while (aborts < ABORTS) {
                Plan plan = treasury.vaultPlan();
                plans.add(plan);
                for (boolean done = false; !done; ) {
                    int[] left = {1 + random.nextInt(9)};
                    seats.onStep(step -> {
                        if (--left[0] == 0) {
                            throw new Aborted();
                        }
                    });
                    (random.nextBoolean() ? one : two)
                            .next("eth_sendRawTransaction", faults[random.nextInt(faults.length)]);
                    try {
                        seats.reconciler.run();
                        seats.submit(treasury, plan);
                        seats.settle(plan);
                        done = true;
                    } catch (Aborted aborted) {
                        aborts++;
                        seats.onStep(step -> {});
                        seats.compose();
                    }
                }
            }
            seats.onStep(step -> {});
            plans.forEach(plan -> assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED));
            assertThat(treasury.vaults()).isEqualTo(plans.size());
            assertThat(treasury.mined()).isEqualTo(plans.size());
            assertThat(treasury.signed()).isEqualTo(plans.size());
            assertThat(seats.evidenceProblems()).isEmpty();
        }
    }
}
