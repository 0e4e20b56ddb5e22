package bulwark.acceptance.doctor;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.process.RunFile;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.jar.JarOutputStream;
import tools.jackson.databind.JsonNode;

/** A running {@code up}, and a doctor that visits it with a memory of its own. Used by one thread. */
final class DoctoredDeployment implements AutoCloseable {
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    /** A slow machine starts children again that were not ready in time. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

    private final Path folder;
    private final int base = FreePort.base();
    private final Path marker;
    private ProgramProcess up;
    private Clock clock = Clock.systemUTC();
    private List<String> target = List.of();

    DoctoredDeployment(Path folder) throws IOException, InterruptedException {
        this.folder = folder.toRealPath();
        marker = folder.resolve("first-on-the-class-path.jar");
        new JarOutputStream(Files.newOutputStream(marker), new java.util.jar.Manifest()).close();
        up = start();
    }

    private ProgramProcess start() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -c 0; exec \"$0\" \"$@\""));
        command.addAll(program("up", "--port-base", Integer.toString(base), "--state", state().toString()));
        Path log = folder.resolve("up.log");
        Files.deleteIfExists(log);
        ProgramProcess started = ProgramProcess.start(folder, Map.of(), log, command);
        started.awaitReady(START_TIMEOUT, () -> started.logText().contains("enqueue demo.echo") && isWhole());
        return started;
    }

    private boolean isWhole() throws IOException {
        return RunFile.ofRunning(state().resolve("facts/stigmem.db")).isPresent()
                && RunFile.ofRunning(state().resolve("seats/seats.db")).isPresent()
                && pid("worker") > 0
                && pid("beat") > 0
                && signer() > 0
                && gateway() > 0;
    }

    /** The program as the launcher starts it, from the classes of this build. */
    List<String> program(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+DisableAttachMechanism",
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djdk.tls.server.newSessionTicketCount=0",
                "-Djdk.tls.server.enableSessionTicketExtension=false",
                "-Djdk.tls.namedGroups=x25519,secp256r1",
                "-cp",
                marker + ":" + System.getProperty("java.class.path"),
                "bulwark.app.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    Path state() {
        return folder.resolve("state");
    }

    Path folder() {
        return folder;
    }

    Path memory() {
        return folder.resolve("memory");
    }

    Path marker() {
        return marker;
    }

    int port(int offset) {
        return base + offset;
    }

    String plainUrl() {
        return "http://localhost:" + base;
    }

    long node() throws IOException {
        return RunFile.ofRunning(state().resolve("facts/stigmem.db"))
                .orElseThrow()
                .pid();
    }

    long pid(String name) throws IOException {
        return running(state().resolve("tasks/" + name + "/" + name + ".pid"));
    }

    long signer() throws IOException {
        return running(state().resolve("seats/signer/signer.pid"));
    }

    private static long running(Path pidFile) throws IOException {
        return PidFile.inspect(pidFile) instanceof PidFile.State.Running running ? running.pid() : -1;
    }

    long gateway() throws IOException {
        return PidFile.inspect(state().resolve("gateway/state/gateway.pid")) instanceof PidFile.State.Running running
                ? running.pid()
                : -1;
    }

    /** What the doctor goes by from now on, until it is closed. */
    AutoCloseable at(Clock other) {
        clock = other;
        return () -> clock = Clock.systemUTC();
    }

    /** The doctor goes by a target file, in which some values of the node are others. */
    AutoCloseable with(Map<String, String> values) throws IOException, InterruptedException {
        return with("facts", values);
    }

    /** As above, of another part. */
    AutoCloseable with(String part, Map<String, String> values) throws IOException, InterruptedException {
        return changed(document -> {
            @SuppressWarnings("unchecked")
            Map<String, Map<String, Object>> parts = (Map<String, Map<String, Object>>) document.get("parts");
            parts.get(part).putAll(values);
        });
    }

    /** The doctor goes by a target file with these words before what it runs inside of a container. */
    AutoCloseable inside(List<String> exec) throws IOException, InterruptedException {
        return changed(document -> document.put("exec", exec));
    }

    private AutoCloseable changed(Consumer<Map<String, Object>> change) throws IOException, InterruptedException {
        Path file = folder.resolve("target-" + System.nanoTime() + ".yaml");
        run("target", "init", file.toString(), "--state", state().toString(), "--memory", memory().toString());
        Map<String, Object> document = plain(StrictJson.parse(Files.readAllBytes(file)));
        change.accept(document);
        Files.writeString(file, StrictJson.pretty(document));
        target = List.of("--target", file.toString());
        return () -> target = List.of();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> plain(JsonNode json) {
        return (Map<String, Object>) (Map<?, ?>) bulwark.kernel.json.PlainJson.object(json);
    }

    /** Status words by id. */
    Map<String, String> visit(String... options) throws IOException, InterruptedException {
        return words(visited(options));
    }

    /** Of a report. */
    static Map<String, String> words(JsonNode report) {
        Map<String, String> words = new TreeMap<>();
        report.path("probes")
                .forEach(probe -> words.put(
                        probe.path("id").asString(""), probe.path("status").asString("")));
        return words;
    }

    /** The whole report. */
    JsonNode visited(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--json", "--memory", memory().toString()));
        arguments.addAll(target.isEmpty() ? List.of("--state", state().toString()) : target);
        arguments.addAll(List.of(options));
        return StrictJson.parse(run(arguments.toArray(String[]::new)).out().getBytes(StandardCharsets.UTF_8));
    }

    /** One command of the doctor in this process. */
    Shell.Outcome run(String... arguments) {
        return DoctorRun.of(folder, clock, arguments);
    }

    /** Another look than the doctor's. @return what it printed */
    String shell(String script) throws IOException, InterruptedException {
        Shell.Outcome outcome = Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, script);
        if (outcome.exitCode() != 0) {
            throw new AssertionError(script + ":\n" + outcome.out() + outcome.err());
        }
        return outcome.out().strip();
    }

    /** Kills a child of {@code up}, and waits for the one that takes its place. */
    void restartNode() throws IOException, InterruptedException {
        long old = node();
        shell("kill -9 " + old);
        up.awaitReady(() -> {
            var running = RunFile.ofRunning(state().resolve("facts/stigmem.db"));
            return running.isPresent() && running.get().pid() != old;
        });
    }

    /** What {@code stoa hardening check} says of the gateway, as JSON. */
    JsonNode hardeningCheck() throws IOException, InterruptedException {
        Shell.Outcome outcome = Shell.run(
                state().resolve("gateway"), Map.of(), COMMAND_TIMEOUT, program("stoa", "hardening", "check", "--json"));
        return StrictJson.parse(outcome.out().getBytes(StandardCharsets.UTF_8));
    }

    /** A change of files. */
    interface Edit {
        void make() throws IOException;
    }

    /** Kills the gateway once it stands still and its files are changed, and waits for the one that takes its place. */
    void restartGateway(Edit edit) throws IOException, InterruptedException {
        long old = gateway();
        shell("kill -STOP " + old);
        edit.make();
        shell("kill -9 " + old);
        up.awaitReady(() -> gateway() > 0 && gateway() != old);
    }

    /** As somebody who restores a backup would: nothing runs meanwhile. */
    void whileStopped(PlantedFault.Plant change) throws Exception {
        up.close();
        try (AutoCloseable done = change.into(this)) {
            up = start();
        }
    }

    String log() throws IOException {
        return up.logText();
    }

    @Override
    public void close() {
        up.close();
    }

    /** Closes what is in it, the last first. */
    static final class UndoStack implements AutoCloseable {
        private final LinkedHashMap<String, AutoCloseable> undo = new LinkedHashMap<>();

        void add(String id, AutoCloseable step) {
            undo.put(id + undo.size(), step);
        }

        @Override
        public void close() throws Exception {
            for (AutoCloseable step : new ArrayList<>(undo.values()).reversed()) {
                step.close();
            }
        }
    }
}
