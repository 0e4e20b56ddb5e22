package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.facts.node.NodeAtRest;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 while 32 clients write: what was acknowledged is there, and the store is whole. */
class CrashTest {
    private static final int ROUNDS = 20;

    @TempDir
    static Path folder;

    @Test
    void no_acknowledged_fact_is_lost_in_twenty_kills() throws Exception {
        Map<String, String> quota =
                Map.of("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", "100000000", "STIGMEM_RATE_LIMIT_WRITE_BURST", "10000000");
        NodeUnderTest node = NodeUnderTest.in(folder, quota);
        Configuration settings = Configuration.readLenient(NodeSettings.schema(), node.environment, folder);
        Random random = new Random(20);
        Set<String> acknowledged = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            node.start();
            int enough = 50 + random.nextInt(400);
            Writers writers = Writers.start(node, 32);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> writers.acknowledged.size() >= enough);
            node.kill();
            writers.close();
            acknowledged.addAll(writers.acknowledged);
            assertThat(NodeAtRest.fsck(settings, node.store()).sentences())
                    .as("round " + round)
                    .isEmpty();
            assertThat(stored(node.store())).as("round " + round).containsAll(acknowledged);
        }
        Shell.Outcome fsck = node.stigmem("fsck");
        assertThat(fsck.exitCode()).as(fsck.out() + fsck.err()).isZero();
        System.out.println("20 kills, " + acknowledged.size() + " acknowledged facts, none missing");
    }

    private static Set<String> stored(Path store) throws Exception {
        Set<String> ids = new HashSet<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                ResultSet rows = connection.createStatement().executeQuery("SELECT id FROM facts")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }
}
