package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.approval.Approval;
import bulwark.seats.chain.CanonicalChain;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.signer.KillableProgram;
import bulwark.seats.signer.SharedClasses;
import bulwark.seats.signer.SignerChild;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.RpcRelay;
import bulwark.testkit.RpcRelay.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that end while plans of every kind are sent: each plan has one effect, evidence stays whole, and the line of nonces has no gap. {@code kill-table.txt} names each pair of kind and
 * step; the suite goes through its first lines, and {@code -Dbulwark.seats.kills=N} through so many pairs, all of them from 64 on.
 */
@Timeout(1_800)
class KilledSenderTest {
    private static final int STAGES = SeatWalk.STAGES.size();
    private static final int SUITE_SEATS = 2;
    private static final int SEATS =
            Math.max(1, Integer.getInteger("bulwark.seats.kills", SUITE_SEATS * STAGES) / STAGES);
    private static final KillTable TABLE = KillTable.read();
    private static final int SIGNER_KILLS = Math.max(STAGES, SEATS);
    private static final int ABORTS = Integer.getInteger("bulwark.seats.aborts", 40);
    /** The delay of a settlement, and some. */
    private static final Duration SETTLEMENT = Duration.ofSeconds(3_700);

    private static final long MAX_SIGNING_NANOS = 40_000_000;

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    private AnvilChain chain;
    private TreasuryUnderTest treasury;
    private SeatWalk walk;
    private Duration ahead = Duration.ZERO;

    @BeforeEach
    void start() throws IOException {
        chain = AnvilChain.start();
        treasury = new TreasuryUnderTest(chain, signerFolder, 3);
        walk = new SeatWalk(treasury);
    }

    @AfterEach
    void stop() {
        treasury.close();
        chain.close();
    }

    @Test
    void a_process_that_is_killed_between_any_two_steps_of_any_kind_of_plan_carries_each_out_once() throws Exception {
        Set<KillTable.Pair> killed = new LinkedHashSet<>();
        List<String> flags = SharedClasses.flags(folder, training -> {
            hand(treasury.vaultPlan());
            assertThat(run("NONE", training)).isEqualTo("DONE");
        });
        for (PlanKind stage : SeatWalk.STAGES) {
            if (stage == PlanKind.FINALIZE_SETTLEMENT) {
                chain.passSeconds(SETTLEMENT.toSeconds());
                ahead = SETTLEMENT;
            }
            for (int seat = 0; seat < SEATS; seat++) {
                KillTable.Pair pair = TABLE.of(seat, stage);
                Plan plan = plan(stage, seat);
                hand(plan);
                assertThat(run(pair.step().name(), flags)).as(pair.toString()).isEqualTo("AT " + pair.step());
                assertThat(recover(plan).status()).as(pair.toString()).isEqualTo(Operation.Status.CONFIRMED);
                killed.add(pair);
            }
        }
        assertThat(killed).containsExactlyInAnyOrderElementsOf(TABLE.ofSeats(SEATS));
        assertThat(killed).extracting(KillTable.Pair::step).contains(SendStep.values());
        requireOneEffectOfEach(SEATS, 1);
        Files.write(
                Path.of("target/killed-pairs.txt"),
                killed.stream().map(KillTable.Pair::toString).sorted().toList());
    }

    @Test
    void a_signer_that_is_killed_while_it_is_asked_signs_each_plan_once() throws Exception {
        treasury.stopSigner();
        Random random = new Random(11);
        Map<String, String> environment = treasury.signerEnvironment();
        List<String> flags = SharedClasses.flags(folder, training -> {
            try (SignerChild child = signer(training, environment)) {
                Plan plan = treasury.vaultPlan();
                assertThat(sendAndSettle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
                child.stop();
            }
        });
        SignerChild child = signer(flags, environment);
        int seats = (SIGNER_KILLS + STAGES - 1) / STAGES;
        try {
            for (PlanKind stage : SeatWalk.STAGES) {
                if (stage == PlanKind.FINALIZE_SETTLEMENT) {
                    chain.passSeconds(SETTLEMENT.toSeconds());
                    ahead = SETTLEMENT;
                }
                for (int seat = 0; seat < seats; seat++) {
                    Plan plan = plan(stage, seat);
                    if (SEATS > SUITE_SEATS || SeatWalk.STAGES.indexOf(stage) % 2 == 0) {
                        sendWhile(plan, killer(child, random.nextLong(MAX_SIGNING_NANOS)));
                        child = signer(flags, environment);
                    } else {
                        sendWhile(plan, Thread.ofVirtual().unstarted(() -> {}));
                    }
                    assertThat(recover(plan).status()).as(stage.word()).isEqualTo(Operation.Status.CONFIRMED);
                }
            }
            requireOneEffectOfEach(seats, 1);
        } finally {
            child.kill();
            treasury.startSigner();
        }
    }

    private SignerChild signer(List<String> flags, Map<String, String> environment)
            throws IOException, InterruptedException {
        return SignerChild.start(signerFolder, Clock.systemUTC().instant(), List.of(), flags, environment);
    }

    private static Thread killer(SignerChild child, long after) {
        return Thread.ofPlatform().unstarted(() -> {
            LockSupport.parkNanos(after);
            try {
                child.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** @param meanwhile begins when the signer is about to be asked */
    private void sendWhile(Plan plan, Thread meanwhile) throws InterruptedException {
        try (SenderUnderTest seats = open()) {
            seats.reconciler.run();
            seats.onStep(step -> {
                if (step == SendStep.RESERVED) {
                    meanwhile.start();
                }
            });
            seats.submit(treasury, plan);
            meanwhile.join();
        }
    }

    private Operation sendAndSettle(Plan plan) {
        try (SenderUnderTest seats = open()) {
            seats.reconciler.run();
            seats.submit(treasury, plan);
            return seats.settle(plan);
        }
    }

    private SenderUnderTest open() {
        SenderUnderTest seats = SenderUnderTest.of(treasury, folder, step -> {}, chain.uri(), chain.uri());
        seats.chainIsAhead(ahead);
        return seats;
    }

    /** A replacement is of a transaction that waits: no block comes until it was sent. */
    private Plan plan(PlanKind stage, int seat) {
        if (!stage.isReplacement()) {
            return walk.plan(stage, seat);
        }
        chain.call("evm_setAutomine", false);
        Plan first = treasury.vaultPlan();
        try (SenderUnderTest seats = open()) {
            seats.reconciler.run();
            seats.submit(treasury, first);
            long nonce = seats.intents(first).getFirst().nonce();
            return stage == PlanKind.BUMP_FEE ? treasury.bump(first, nonce) : treasury.cancel(first, nonce);
        }
    }

    /** As the next start does it. */
    private Operation recover(Plan plan) {
        try (SenderUnderTest seats = open()) {
            seats.reconciler.run();
            if (plan.kind().isReplacement()) {
                chain.mine();
                chain.call("evm_setAutomine", true);
            }
            return seats.settle(plan);
        }
    }

    /** @param seats that went the whole way, each with a bump and a cancel beside it @param vaults that were made beside those */
    private void requireOneEffectOfEach(int seats, int vaults) {
        assertThat(walk.effects()).isEqualTo(SeatWalk.expected(seats, seats + vaults));
        assertThat(treasury.mined()).isEqualTo((long) STAGES * seats + vaults);
        assertThat(treasury.signed()).isEqualTo((STAGES + 2L) * seats + vaults);
        try (SenderUnderTest last = open()) {
            ChainReconciler.Pass pass = last.reconciler.run();
            assertThat(pass.gaps()).isEmpty();
            assertThat(pass.waiting()).isZero();
            assertThat(last.pauses()).isEmpty();
            assertThat(last.evidenceProblems()).isEmpty();
            List<Operation> operations = last.store.read(tx -> OperationRows.page(tx, null, null, 100_000, 0));
            assertThat(operations)
                    .hasSize((STAGES + 2) * seats + vaults)
                    .filteredOn(each -> each.status() != Operation.Status.CONFIRMED)
                    .as("what was cancelled, and nothing else, has no effect")
                    .hasSize(seats)
                    .allSatisfy(each -> assertThat(each.status()).isEqualTo(Operation.Status.CANCELLED));
        }
    }

    private void hand(Plan plan) throws IOException {
        List<Object> approvals = new ArrayList<>();
        for (Approval approval : treasury.approvals(plan)) {
            approvals.add(approval.json());
        }
        Files.write(folder.resolve("plan.json"), StrictJson.write(Map.of("plan", plan.json(), "approvals", approvals)));
    }

    /** @return the last line of the process, which is killed when it stops */
    private String run(String stop, List<String> flags) throws IOException, InterruptedException {
        CanonicalChain canonical = treasury.contracts.canonical();
        return KillableProgram.run(
                folder.resolve("process.log"),
                flags,
                SendingProcess.class,
                List.of(
                        folder.toString(),
                        signerFolder.resolve("signer.sock").toString(),
                        chain.uri().toString(),
                        stop,
                        Long.toString(ahead.toSeconds()),
                        canonical.gate().text(),
                        canonical.factory().text(),
                        canonical.router().text(),
                        canonical.treasury().text(),
                        canonical.gateCodeHash(),
                        canonical.factoryCodeHash(),
                        canonical.routerCodeHash()),
                line -> line.equals(KillableProgram.DONE) || line.startsWith("AT "),
                0);
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
