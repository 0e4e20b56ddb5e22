package bulwark.acceptance;

import static org.awaitility.Awaitility.await;

import bulwark.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of whatever takes part, at random, with signed tasks in flight: none is lost, and who runs one again holds the greater token. */
@Timeout(3_600)
class TaskCrashTest {
    /** {@code bench tasks --soak} asks for more. */
    private static final int KILLS = Integer.getInteger("bulwark.kills", 20);

    @Test
    void no_task_is_lost_when_worker_beat_and_redis_are_killed(@TempDir Path folder) throws Exception {
        try (RedisServer redis = RedisServer.durable()) {
            rounds(folder, redis.url(), redis);
        }
    }

    @Test
    void no_task_is_lost_when_worker_and_beat_are_killed_on_the_embedded_broker(@TempDir Path folder) throws Exception {
        rounds(folder, "sqlite:" + folder.resolve("tasks.db"), null);
    }

    private static void rounds(Path folder, String broker, @org.jspecify.annotations.Nullable RedisServer redis)
            throws Exception {
        Map<String, String> settings = TaskFleet.settings(folder, broker);
        Path record = folder.resolve("runs");
        Random random = new Random(20);
        try (TaskFleet fleet = TaskFleet.start(folder, settings, 2);
                Producers producers = Producers.start(settings, folder, record)) {
            fleet.schedule("tick", record);
            RecordedRunCount ran = new RecordedRunCount(record);
            for (int kill = 0; kill < KILLS; kill++) {
                int enough = ran.total() + 30 + random.nextInt(200);
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> ran.total() >= enough);
                int victim = random.nextInt(redis == null ? 3 : 4);
                if (victim == 3 && redis != null) {
                    redis.killAndStart();
                } else {
                    fleet.killAndStart(victim);
                }
            }
            producers.stop();
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> RecordedRuns.read(record).byTask().keySet().containsAll(producers.acknowledged));
            RecordedRuns runs = RecordedRuns.read(record);
            runs.assertEachRepetitionIsFenced();
            fleet.assertNothingWasRefused();
            System.out.printf(
                    "%d kills on %s: %d acknowledged tasks, none lost, %d ran more than once, each time with a greater token%n",
                    KILLS, broker.substring(0, broker.indexOf(':')), producers.acknowledged.size(), runs.repeated());
        }
    }
}
