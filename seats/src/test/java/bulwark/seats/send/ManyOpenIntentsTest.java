package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.chain.TestAccount;
import bulwark.seats.contract.HexText;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlannedAction;
import bulwark.testkit.AnvilChain;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a crash left: a thousand transactions of which nobody here knows whether they were mined. */
@Timeout(300)
class ManyOpenIntentsTest {
    private static final int COUNT = 1_000;
    private static final int MINED = 700;

    @TempDir
    Path folder;

    @Test
    void a_thousand_open_intents_are_reconciled_in_one_pass() throws Exception {
        Path signer = Files.createDirectories(folder.resolve("signer"));
        try (AnvilChain chain = AnvilChain.start();
                TreasuryUnderTest treasury = new TreasuryUnderTest(chain, signer, 6);
                SenderUnderTest seats = SenderUnderTest.of(treasury, folder, step -> {}, chain.uri(), chain.uri())) {
            seats.reconciler.run();
            TestAccount account = new TestAccount(new BigInteger(treasury.key(), 16));
            chain.call("evm_setAutomine", false);
            seats.store.write(tx -> {
                String now = seats.sender.ledger().now();
                for (int i = 0; i < COUNT; i++) {
                    byte[] raw = account.transaction(treasury.address, BigInteger.ZERO, new byte[0]);
                    open(treasury, tx, i, HexText.of(raw), now);
                }
                NonceRows.set(tx, new TransactionIntent.Account(286, treasury.address), COUNT);
                return 0;
            });
            List<TransactionIntent> open = seats.store.read(tx -> IntentRows.open(tx, account(treasury)));
            assertThat(open).hasSize(COUNT);
            open.subList(0, MINED).forEach(intent -> chain.call("eth_sendRawTransaction", intent.requireRaw()));
            chain.call("anvil_mine", "0x5");
            assertThat(treasury.mined()).isEqualTo(MINED);

            seats.compose();
            long began = System.nanoTime();
            ChainReconciler.Pass pass = seats.reconciler.run();
            Duration took = Duration.ofNanos(System.nanoTime() - began);

            System.out.printf("%d open transactions are reconciled in %d ms%n", COUNT, took.toMillis());
            assertThat(pass.mined()).isEqualTo(MINED);
            assertThat(pass.resent()).isEqualTo(COUNT - MINED);
            // The figure for a quiet machine is five seconds.
            assertThat(took).isLessThan(Duration.ofSeconds(25));
            chain.call("anvil_mine", "0x5");
            assertThat(seats.reconciler.run().mined()).isEqualTo(COUNT - MINED);
            assertThat(seats.evidenceProblems()).isEmpty();
        }
    }

    private static TransactionIntent.Account account(TreasuryUnderTest treasury) {
        return new TransactionIntent.Account(286, treasury.address);
    }

    private static void open(
            TreasuryUnderTest treasury, bulwark.kernel.storage.WriteTx tx, int nonce, String raw, String now)
            throws java.sql.SQLException {
        PlannedAction action =
                new PlannedAction.CancelTransaction(new PlanDigest(String.format("%064x", nonce + 1)), nonce);
        Plan plan = treasury.plan(action, treasury.address, BigInteger.ZERO, "0x", BigInteger.TEN.pow(10));
        String id = String.format("intent-%04d", nonce);
        OperationRows.insert(tx, "op-" + nonce, new IntentLedger.Order(plan, List.of(), "user:root", "request"), now);
        TransactionIntent intent = new TransactionIntent(
                id,
                "op-" + nonce,
                plan,
                List.of(),
                nonce,
                0,
                plan.digest(),
                new TransactionIntent.Fees(21_000, BigInteger.TEN.pow(10), BigInteger.ONE),
                null,
                null,
                IntentStatus.RESERVED,
                null,
                null,
                "user:root",
                "request");
        IntentRows.insert(tx, intent, now);
        String hash = HexText.of(bulwark.kernel.signing.Keccak256.hash(HexText.bytes(raw)));
        IntentRows.setBytes(tx, id, raw, hash);
        IntentRows.move(tx, intent, IntentStatus.SENT, "", now);
    }
}
