package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Workers and one beat as processes of their own. */
final class TaskFleet implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> settings;
    private final StemProcess[] members;

    private TaskFleet(Path folder, Map<String, String> settings, int workers) throws IOException {
        this.folder = folder;
        this.settings = settings;
        members = new StemProcess[workers + 1];
        for (int i = 0; i < members.length; i++) {
            members[i] = launch(i);
        }
    }

    /** The last member is the beat. */
    static TaskFleet start(Path folder, Map<String, String> settings, int workers)
            throws IOException, InterruptedException {
        TaskFleet fleet = new TaskFleet(folder, settings, workers);
        for (StemProcess member : fleet.members) {
            member.awaitReady();
        }
        return fleet;
    }

    /** A shared secret, a short lease, and the handlers of these tests. */
    static Map<String, String> settings(Path folder, String broker) throws IOException {
        byte[] secret = new byte[32];
        new Random(folder.hashCode()).nextBytes(secret);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("STEM_BROKER_URL", broker);
        settings.put("STEM_STATE_DIR", folder.resolve("state").toString());
        settings.put("STEM_SIGNING_KEYS", "primary:" + Base64.getEncoder().encodeToString(secret));
        settings.put("STEM_SIGNING_ACTIVE_KEY", "primary");
        settings.put("STEM_LEASE", "2s");
        settings.put("STEM_HANDLERS", handlers().toString());
        return settings;
    }

    /** The folder that these tests were compiled into. */
    private static Path handlers() {
        return Path.of(java.net.URI.create(TaskFleet.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    private StemProcess launch(int member) throws IOException {
        Path own = Files.createDirectories(folder.resolve("member-" + member));
        return member == members.length - 1
                ? StemProcess.launch(own, settings, "beat")
                : StemProcess.launch(own, settings, "worker", "start");
    }

    /** Every second a task that records its run. */
    void schedule(String id, Path record) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve(id + ".json"), """
                [{"id":"%s","task":"acceptance.record","schedule":"every:1s","args":{"file":"%s"}}]
                """.formatted(id, record));
        Shell.Outcome applied =
                StemProcess.run(folder, settings, "schedule", "apply", "--file", file.toString(), "--yes");
        assertThat(applied.exitCode()).as(applied.err()).isZero();
    }

    /** kill -9 and a new one in its place, not waited for. */
    void killAndStart(int member) throws IOException, InterruptedException {
        members[member].kill();
        members[member] = launch(member);
    }

    void assertNothingWasRefused() throws IOException, InterruptedException {
        Shell.Outcome dead = StemProcess.run(folder, settings, "dlq", "list", "--queue", "default");
        assertThat(dead.out()).as(dead.err()).contains("No dead letter entries found.");
    }

    StemProcess member(int index) {
        return members[index];
    }

    @Override
    public void close() {
        for (StemProcess member : members) {
            member.close();
        }
    }
}
