package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.kernel.config.Configuration;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.setup.TaskSettings;
import bulwark.testkit.ProgramProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a worker of somebody else's, and a process that stands still, do to the controls of tasks. */
final class TaskFaults {
    private static final int TASKS_IN_A_ROW = 5;
    private static final PlantedFault.Plant SAME = up -> () -> {};

    private TaskFaults() {}

    /** A second worker on the same broker, without any key: it runs whatever comes. */
    static List<PlantedFault> worker() {
        return List.of(
                new PlantedFault("TASKS-SIGN-01", "a worker that verifies nothing", TaskFaults::unverified, Set.of()),
                new PlantedFault("TASKS-SIGN-02", "the same", SAME, Set.of()),
                new PlantedFault("TASKS-SIGN-03", "the same", SAME, Set.of()),
                new PlantedFault("TASKS-SIGN-04", "the same, which counts nothing", SAME, Set.of()));
    }

    private static AutoCloseable unverified(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        String state = up.state().resolve("tasks").toString();
        up.shell(words(up.program("stem", "worker", "pause", "--queue", "bulwark-doctor", "--state", state)));
        undo.add(
                "pause",
                () -> up.shell(
                        words(up.program("stem", "worker", "resume", "--queue", "bulwark-doctor", "--state", state))));
        Path folder = Files.createDirectories(up.folder().resolve("rogue-worker"));
        Path log = folder.resolve("worker.log");
        ProgramProcess rogue = ProgramProcess.start(
                folder,
                Map.of(
                        "STEM_STATE_DIR", state,
                        "STEM_ALLOW_UNSIGNED", "1",
                        "STEM_WORKER_QUEUES", "bulwark-doctor",
                        "STEM_WORKER_NAMESPACE", "rogue"),
                log,
                up.program(
                        "stem",
                        "worker",
                        "start",
                        "--pidfile",
                        folder.resolve("rogue.pid").toString()));
        undo.add("worker", rogue);
        rogue.awaitReady(() -> Files.exists(folder.resolve("rogue.pid")));
        assertThat(up.shell("cat " + folder.resolve("rogue.pid"))).isEqualTo(Long.toString(rogue.pid()));
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> unsignedTasksRun(folder, state));
        return undo;
    }

    /** The worker of the deployment hears of the pause with its next look: from then on the other one takes everything. */
    private static boolean unsignedTasksRun(Path folder, String state) throws Exception {
        try (TaskRuntime producer = TaskRuntime.open(
                Configuration.readLenient(TaskSettings.schema(), Map.of("STEM_STATE_DIR", state), folder),
                folder,
                Clock.systemUTC())) {
            for (int i = 0; i < TASKS_IN_A_ROW; i++) {
                String id = producer.client()
                        .enqueue(EnqueueRequest.named("demo.echo", JsonNodeFactory.instance.objectNode())
                                .withQueue("bulwark-doctor"));
                if (producer.client()
                        .await(id, Duration.ofSeconds(30))
                        .filter(status -> status.state() == TaskState.SUCCEEDED)
                        .isEmpty()) {
                    return false;
                }
            }
            return true;
        }
    }

    private static String words(List<String> command) {
        return command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    /** Alive to the process table, and doing nothing. */
    static List<PlantedFault> stopped() {
        return List.of(
                new PlantedFault("TASKS-LIVE-02", "a beat that stands still", TaskFaults::stoppedBeat, Set.of()));
    }

    private static AutoCloseable stoppedBeat(DoctoredDeployment up) throws Exception {
        long pid = up.pid("beat");
        up.shell("kill -STOP " + pid);
        assertThat(up.shell("grep State /proc/" + pid + "/status")).contains("stopped");
        return () -> up.shell("kill -CONT " + pid);
    }
}
