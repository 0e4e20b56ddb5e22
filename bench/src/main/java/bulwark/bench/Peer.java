package bulwark.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another queue, measured by its own script on the same Redis; each line that it prints is one figure. */
record Peer(String name, List<String> command, Map<String, String> environment) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Those that are installed: BullMQ under {@code .bulwark/tools/bullmq}, Celery where the system's Python has it. */
    static List<Peer> present(Path repository, Path home) throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        Path bullmq = home.resolve("tools/bullmq");
        if (Files.isDirectory(bullmq.resolve("node_modules/bullmq"))) {
            peers.add(new Peer(
                    "BullMQ",
                    List.of("node", repository.resolve("bench/peers/bullmq.mjs").toString()),
                    Map.of("BULLMQ_HOME", bullmq.toString())));
        }
        Path celery = home.resolve("tools/celery/usr/lib/python3/dist-packages");
        Map<String, String> python = Files.isDirectory(celery) ? Map.of("PYTHONPATH", celery.toString()) : Map.of();
        if (answers(List.of("/usr/bin/python3", "-c", "import celery, redis"), python)) {
            peers.add(new Peer(
                    "Celery",
                    List.of(
                            "/usr/bin/python3",
                            repository.resolve("bench/peers/celery_peer.py").toString()),
                    python));
        }
        return peers;
    }

    private static boolean answers(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of(command.getFirst()))) {
            return false;
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return builder.start().waitFor() == 0;
    }

    /** Figures in the order in which they were printed. */
    List<JsonNode> run(Object... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(command);
        for (Object argument : arguments) {
            line.add(String.valueOf(argument));
        }
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(environment);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<JsonNode> figures = new ArrayList<>();
        try (BufferedReader reader = process.inputReader()) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                if (text.startsWith("{")) {
                    figures.add(JSON.readTree(text));
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(name + " ended with code " + process.exitValue());
        }
        return figures;
    }

    /** The runs of one figure as rates. */
    static List<LoadResult> rates(List<JsonNode> figures, String name) {
        return figures.stream()
                .filter(figure -> figure.path("figure").asString().equals(name))
                .map(figure -> new LoadResult(
                        figure.get("count").asInt() / figure.get("seconds").asDouble(),
                        figure.get("cpuMicros").asDouble() / figure.get("count").asInt(),
                        0,
                        0))
                .toList();
    }
}
