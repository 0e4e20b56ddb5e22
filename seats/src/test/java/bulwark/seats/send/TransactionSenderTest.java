package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.DepositDataRoot;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlannedAction;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.RpcRelay;
import bulwark.testkit.RpcRelay.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Approved plans through a signer on its socket to a real EVM behind relays that spoil answers. */
@Timeout(180)
class TransactionSenderTest {
    private static AnvilChain chain;
    private static long keys = 40;

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    private TreasuryUnderTest treasury;
    private RpcRelay one;
    private RpcRelay two;
    private SenderUnderTest seats;

    @BeforeAll
    static void startChain() {
        chain = AnvilChain.start();
    }

    @AfterAll
    static void stopChain() {
        if (chain != null) {
            chain.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        treasury = new TreasuryUnderTest(chain, signerFolder, ++keys);
        one = RpcRelay.before(chain.uri());
        two = RpcRelay.before(chain.uri());
        seats = SenderUnderTest.of(treasury, folder, step -> {}, one.uri(), two.uri());
        seats.reconciler.run();
    }

    @AfterEach
    void stop() {
        chain.call("evm_setAutomine", true);
        seats.close();
        one.close();
        two.close();
        treasury.close();
    }

    @Test
    void an_approved_plan_is_sent_once_and_its_effect_is_verified() {
        Plan plan = treasury.vaultPlan();

        Operation submitted = seats.submit(treasury, plan);

        assertThat(submitted.status()).isEqualTo(Operation.Status.SUBMITTED);
        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.submit(treasury, plan).id()).isEqualTo(submitted.id());
        assertThat(treasury.mined()).isEqualTo(1);
        assertThat(treasury.vaults()).isEqualTo(1);
        assertThat(treasury.signed()).isEqualTo(1);
        assertThat(seats.evidenceProblems()).isEmpty();
    }

    @Test
    void a_seat_goes_from_vault_to_deposit_and_each_event_is_compared_field_by_field() {
        String pubkey = HexText.of(SignedDeposit.of(41, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey());
        String credentials = treasury.credentials(pubkey);
        long gwei = 32_000_000_000L;
        send(treasury.vaultPlan(pubkey));
        send(treasury.plan(new PlannedAction.Approve(pubkey, credentials, gwei, treasury.network.treasuryRouter())));
        String signature = HexText.of(SignedDeposit.of(41, HexText.bytes(credentials), SignedDeposit.NETWORK)
                .signature());
        send(treasury.plan(new PlannedAction.Deposit(
                pubkey,
                credentials,
                signature,
                DepositDataRoot.of(pubkey, credentials, gwei, signature),
                depositRoot(),
                gwei,
                treasury.vault(pubkey),
                treasury.parameters())));
        assertThat(treasury.mined()).isEqualTo(3);
        assertThat(new java.math.BigInteger(
                        chain.call(
                                        "eth_getBalance",
                                        treasury.network.depositContract().text(),
                                        "latest")
                                .asString()
                                .substring(2),
                        16))
                .isEqualTo(new java.math.BigInteger("32000000000000000000"));
    }

    private String depositRoot() {
        return chain.call(
                        "eth_call",
                        Map.of("to", treasury.network.depositContract().text(), "data", "0xc5f2892f"),
                        "latest")
                .asString();
    }

    private void send(Plan plan) {
        seats.submit(treasury, plan);
        assertThat(seats.settle(plan))
                .extracting(Operation::status, Operation::error)
                .containsExactly(Operation.Status.CONFIRMED, "");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"SWALLOWED", "CUT", "STATUS_500", "ALREADY_KNOWN", "NONCE_TOO_LOW", "DROPPED"})
    void a_spoiled_answer_to_the_broadcast_never_makes_a_second_transaction(Fault fault) {
        Plan plan = treasury.vaultPlan();
        one.next("eth_sendRawTransaction", fault);
        two.next("eth_sendRawTransaction", fault);

        seats.submit(treasury, plan);

        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(treasury.mined()).isEqualTo(1);
        assertThat(treasury.signed()).isEqualTo(1);
        assertThat(treasury.vaults()).isEqualTo(1);
    }

    @Test
    void a_transaction_that_a_label_lost_is_sent_again_with_the_same_bytes() {
        chain.call("evm_setAutomine", false);
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        String hash = seats.intents(plan).getFirst().requireHash();
        chain.call("anvil_dropTransaction", hash);

        assertThat(seats.reconciler.run().resent()).isEqualTo(1);

        chain.mine();
        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.intents(plan).getFirst().requireHash()).isEqualTo(hash);
        assertThat(treasury.signed()).isEqualTo(1);
    }

    @Test
    void a_raised_fee_keeps_nonce_and_call_and_confirms_the_plan_that_it_repeats() {
        chain.call("evm_setAutomine", false);
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        TransactionIntent first = seats.intents(plan).getFirst();
        Plan bump = treasury.bump(plan, first.nonce());
        seats.submit(treasury, bump);
        TransactionIntent second = seats.intents(bump).getFirst();
        assertThat(second.nonce()).isEqualTo(first.nonce());
        assertThat(second.fees().maxFee().multiply(java.math.BigInteger.valueOf(8)))
                .isGreaterThanOrEqualTo(first.fees().maxFee().multiply(java.math.BigInteger.valueOf(9)));
        chain.mine();

        assertThat(seats.settle(bump).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.operation(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.intents(plan).getFirst().status()).isEqualTo(IntentStatus.REPLACED);
        assertThat(treasury.vaults()).isEqualTo(1);
        Plan late = treasury.plan(
                new PlannedAction.BumpFee(plan.digest(), first.nonce()),
                plan.target(),
                plan.value(),
                plan.calldata(),
                new java.math.BigInteger("81000000000"));
        assertThatThrownBy(() -> seats.submit(treasury, late)).isInstanceOf(SendRefused.class);
    }

    @Test
    void a_plan_that_expired_between_its_signature_and_its_broadcast_is_not_sent() {
        seats.onStep(step -> {
            if (step == SendStep.SIGNED) {
                seats.clock.set(Instant.now().plus(Duration.ofDays(2)));
            }
        });
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        seats.reconciler.run();
        assertThat(seats.operation(plan).errorCode()).isEqualTo("PLAN_EXPIRED");
        assertThat(one.calls("eth_sendRawTransaction")).isZero();
        Plan cancel = treasury.cancel(plan, seats.intents(plan).getFirst().nonce());
        seats.onStep(step -> {});
        seats.clock.set(Instant.now());
        seats.submit(treasury, cancel);
        assertThat(seats.settle(cancel).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(treasury.vaults()).isZero();
    }

    @Test
    void a_cancel_takes_the_nonce_and_the_plan_has_no_effect() {
        chain.call("evm_setAutomine", false);
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        Plan cancel = treasury.cancel(plan, seats.intents(plan).getFirst().nonce());
        seats.submit(treasury, cancel);
        chain.mine();

        assertThat(seats.settle(cancel).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.operation(plan).status()).isEqualTo(Operation.Status.CANCELLED);
        assertThat(treasury.vaults()).isZero();
        assertThat(treasury.mined()).isEqualTo(1);
    }

    @Test
    void a_refusal_of_the_signer_gives_the_nonce_back_so_that_the_line_has_no_gap() {
        Plan unapproved = treasury.vaultPlan();
        Operation refused = seats.sender.submit(unapproved, List.of(), "user:root", "request-1");
        assertThat(refused.status()).isEqualTo(Operation.Status.FAILED);
        assertThat(refused.errorCode()).isEqualTo("APPROVALS_MISSING");

        Plan next = treasury.vaultPlan();
        send(next);
        assertThat(seats.intents(next).getFirst().nonce()).isZero();
        send(unapproved);
        assertThat(treasury.mined()).isEqualTo(2);
    }

    @Test
    void without_an_answer_of_the_signer_the_same_request_is_repeated() throws IOException {
        treasury.stopSigner();
        Plan plan = treasury.vaultPlan();
        assertThat(seats.submit(treasury, plan).errorCode()).isEqualTo("SIGNER_UNAVAILABLE");
        treasury.startSigner();
        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(treasury.mined()).isEqualTo(1);
    }

    @Test
    void a_foreign_transaction_pauses_everything() {
        chain.call("evm_setAutomine", false);
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        String hash = seats.intents(plan).getFirst().requireHash();
        chain.call("anvil_dropTransaction", hash);
        chain.call("evm_setAutomine", true);
        foreign();

        seats.reconciler.run();
        seats.reconciler.run();
        seats.reconciler.run();

        assertThat(seats.pauses()).extracting(PauseRows.Pause::code).containsExactly("FOREIGN_TRANSACTION");
        assertThat(seats.operation(plan).errorCode()).isEqualTo("FOREIGN_TRANSACTION");
        long signed = treasury.signed();
        assertThatThrownBy(() -> seats.submit(treasury, treasury.vaultPlan()))
                .isInstanceOf(SendRefused.class)
                .hasMessageContaining("paused");
        assertThat(treasury.signed()).isEqualTo(signed);
    }

    /** Somebody else has the key. */
    private void foreign() {
        chain.call("anvil_impersonateAccount", treasury.address.text());
        chain.send(treasury.address.text(), treasury.address.text(), "0x", "0x0");
        chain.call("anvil_stopImpersonatingAccount", treasury.address.text());
    }

    @Test
    void a_foreign_transaction_ahead_of_the_line_pauses_everything() {
        send(treasury.vaultPlan());
        foreign();
        seats.reconciler.run();
        assertThat(seats.pauses()).extracting(PauseRows.Pause::code).containsExactly("FOREIGN_TRANSACTION");
    }

    @Test
    void a_reorganisation_makes_the_transaction_wait_again() {
        String snapshot = chain.call("evm_snapshot").asString();
        Plan plan = treasury.vaultPlan();
        send(plan);
        TransactionIntent mined = seats.intents(plan).getFirst();
        assertThat(mined.status()).isEqualTo(IntentStatus.MINED);
        chain.call("evm_revert", snapshot);

        seats.reconciler.run();

        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
        assertThat(seats.intents(plan).getFirst().requireHash()).isEqualTo(mined.requireHash());
        assertThat(treasury.signed()).isEqualTo(1);
        assertThat(treasury.vaults()).isEqualTo(1);
        assertThat(seats.evidenceProblems()).isEmpty();
    }

    @Test
    void what_stands_in_a_final_block_is_done() {
        Plan plan = treasury.vaultPlan();
        send(plan);
        chain.call("anvil_mine", "0x100");
        seats.reconciler.run();
        assertThat(seats.intents(plan).getFirst().status()).isEqualTo(IntentStatus.FINAL);
    }

    @Test
    void a_receipt_that_one_label_alone_has_counts_for_nothing() {
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        two.always("eth_getTransactionReceipt", Fault.EMPTY);
        seats.reconciler.run();
        assertThat(seats.operation(plan).status()).isEqualTo(Operation.Status.SUBMITTED);
        two.mend();
        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
    }

    @Test
    void a_mined_transaction_without_its_event_fails_and_pauses_everything() {
        one.always("eth_getTransactionReceipt", Fault.WITHOUT_EVENTS);
        two.always("eth_getTransactionReceipt", Fault.WITHOUT_EVENTS);
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        Operation operation = seats.settle(plan);
        assertThat(operation.errorCode()).isEqualTo("EFFECT_MISSING");
        assertThat(operation.error()).contains("VaultCreated");
        assertThat(seats.pauses()).extracting(PauseRows.Pause::code).containsExactly("EFFECT_MISSING");
    }

    @Test
    void without_evidence_nothing_is_sent() throws IOException {
        Path evidence = folder.resolve("evidence");
        Files.setPosixFilePermissions(evidence, PosixFilePermissions.fromString("r-x------"));
        boolean root = Files.isWritable(evidence);
        Plan plan = treasury.vaultPlan();
        if (root) {
            // The superuser writes everywhere: the folder itself goes away.
            Files.delete(evidence);
        }
        assertThatThrownBy(() -> seats.submit(treasury, plan))
                .isInstanceOf(SendRefused.class)
                .hasMessageContaining("nothing is sent");
        assertThat(one.calls("eth_sendRawTransaction")).isZero();
        if (root) {
            Files.createDirectory(evidence);
        }
        Files.setPosixFilePermissions(evidence, PosixFilePermissions.fromString("rwx------"));
        assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
    }

    @Test
    void a_pause_stops_signing_and_what_was_signed_is_not_sent() {
        seats.onStep(step -> {
            if (step == SendStep.SIGNED) {
                seats.sender.ledger().pause("PAUSED", "a drill", "user:olga", "request-2");
            }
        });
        Plan plan = treasury.vaultPlan();
        seats.submit(treasury, plan);
        seats.reconciler.run();
        assertThat(one.calls("eth_sendRawTransaction")).isZero();
        assertThat(seats.intents(plan).getFirst().status()).isEqualTo(IntentStatus.SIGNED);
    }

    @Test
    void an_absurd_base_fee_of_one_label_is_not_believed() {
        chain.call("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(500_000_000_000L));
        chain.mine();
        assertThatThrownBy(() -> seats.submit(treasury, treasury.vaultPlan()))
                .isInstanceOf(SendRefused.class)
                .hasMessageContaining("ceiling");
        chain.call("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(1_000_000_000L));
        chain.mine();
        assertThat(treasury.signed()).isZero();
    }

    @Test
    void a_call_that_would_revert_is_never_signed() {
        Plan plan = treasury.vaultPlan();
        send(plan);
        PlannedAction.DeployVault again = (PlannedAction.DeployVault) plan.action();
        Plan second = treasury.plan(new PlannedAction.DeployVault(again.pubkey(), again.vault(), again.parameters()));
        Plan other = new Plan(
                second.network(),
                8,
                second.treasury(),
                second.target(),
                second.value(),
                second.calldata(),
                second.action(),
                second.preconditions(),
                second.gas(),
                second.proposer(),
                second.createdAt(),
                second.expiresAt());
        assertThatThrownBy(() -> seats.submit(treasury, other))
                .isInstanceOfSatisfying(
                        SendRefused.class, refused -> assertThat(refused.code()).isEqualTo("SIMULATION_REVERTED"));
        assertThat(treasury.signed()).isEqualTo(1);
    }

    @Test
    void evidence_is_on_disk_before_the_first_broadcast_and_holds_no_secret() throws IOException {
        seats.onStep(step -> {
            if (step == SendStep.RECORDED) {
                assertThat(one.calls("eth_sendRawTransaction")).isZero();
                assertThat(folder.resolve("evidence/0000000001.json")).exists();
            }
        });
        send(treasury.vaultPlan());
        try (Stream<Path> files = Files.list(folder.resolve("evidence"))) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("r--r-----");
                assertThat(Files.readString(file)).doesNotContain(treasury.key());
            }
        }
    }

    @Test
    void a_restored_store_signs_nothing_again() throws IOException {
        Plan first = treasury.vaultPlan();
        send(first);
        seats.close();
        Path backup = Files.createTempDirectory("backup");
        copy(folder, backup);
        seats = SenderUnderTest.of(treasury, folder, step -> {}, one.uri(), two.uri());
        Plan second = treasury.vaultPlan();
        send(second);
        seats.close();
        long signed = treasury.signed();

        seats = SenderUnderTest.of(treasury, backup, step -> {}, one.uri(), two.uri());
        seats.reconciler.run();

        assertThat(seats.pauses()).extracting(PauseRows.Pause::code).contains("HISTORY_ROLLED_BACK");
        assertThatThrownBy(() -> seats.submit(treasury, second)).isInstanceOf(SendRefused.class);
        assertThat(treasury.signed()).isEqualTo(signed);
        assertThat(treasury.mined()).isEqualTo(2);
        assertThat(seats.reconciler.acceptChain("owner", "request-3")).contains("next nonce is 2");
        assertThat(seats.pauses()).extracting(PauseRows.Pause::code).doesNotContain("HISTORY_ROLLED_BACK");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!target.equals(to)) {
                    Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    @Test
    void an_unknown_label_keeps_writes_off() {
        two.always("eth_chainId", Fault.STATUS_500);
        assertThatThrownBy(() -> seats.submit(treasury, treasury.vaultPlan()))
                .isInstanceOfSatisfying(
                        SendRefused.class, refused -> assertThat(refused.code()).isEqualTo("PREFLIGHT_FAILED"));
        assertThat(treasury.signed()).isZero();
    }
}
