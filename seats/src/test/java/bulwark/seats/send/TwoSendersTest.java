package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.postgresql.PostgresStore;
import bulwark.kernel.postgresql.PostgresUrl;
import bulwark.seats.plan.Plan;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes with folders of their own on one database, which are handed the same plans at the same time. */
@Timeout(300)
class TwoSendersTest {
    private static final int PLANS = 12;

    @TempDir
    Path folder;

    @Test
    void two_senders_on_one_database_send_each_plan_once() throws Exception {
        String url = PostgresServer.shared().newUrl() + "?schema=seats";
        Files.createDirectories(folder.resolve("signer"));
        try (AnvilChain chain = AnvilChain.start();
                TreasuryUnderTest treasury = new TreasuryUnderTest(chain, folder.resolve("signer"), 5);
                SenderUnderTest left = sender(treasury, chain, url, "left");
                SenderUnderTest right = sender(treasury, chain, url, "right")) {
            left.reconciler.run();
            right.reconciler.run();
            List<Plan> plans = new ArrayList<>();
            List<Future<Operation>> sends = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < PLANS; i++) {
                    Plan plan = treasury.vaultPlan();
                    plans.add(plan);
                    sends.add(threads.submit(() -> left.submit(treasury, plan)));
                    sends.add(threads.submit(() -> right.submit(treasury, plan)));
                }
                threads.execute(left.reconciler::run);
                threads.execute(right.reconciler::run);
            }
            for (Future<Operation> send : sends) {
                assertThat(send.get().errorCode()).isEmpty();
            }
            for (Plan plan : plans) {
                assertThat(left.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
            }
            assertThat(treasury.mined()).isEqualTo(PLANS);
            assertThat(treasury.vaults()).isEqualTo(PLANS);
            assertThat(treasury.signed()).isEqualTo(PLANS);
            assertThat(left.pauses()).isEmpty();
            assertThat(left.evidenceProblems()).isEmpty();
            assertThat(right.evidenceProblems()).isEmpty();
        }
    }

    private SenderUnderTest sender(TreasuryUnderTest treasury, AnvilChain chain, String url, String name)
            throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        StoreLocation location = StoreLocation.database(
                own.resolve("seats.db"), new PostgresStore.Access(() -> PostgresUrl.parse(url, "DATABASE_URL"), null));
        return new SenderUnderTest(
                location, own, treasury.contracts.canonical(), treasury.client(), step -> {}, chain.uri(), chain.uri());
    }
}
