package bulwark.app;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.RunFile;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * {@code platform.audit-export}: asks the running fact node, over its owner's socket, to write what is new in its audit tables into the exports folder, signed
 * and chained to the export before. Arguments are ignored: a sender of tasks chooses neither table nor file.
 */
public final class AuditExportJob implements TaskHandler {
    private static final List<String> TABLES = List.of("fact_audit_log", "federation_audit");
    private static final int MAX_FOOTER_BYTES = 1 << 16;

    private final Map<String, String> environment;
    private final Clock clock;

    public AuditExportJob() {
        this(System.getenv(), Clock.systemUTC());
    }

    AuditExportJob(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "platform.audit-export";
    }

    @Override
    public String description() {
        return "Write what is new in the fact node's audit tables into the exports folder, signed.";
    }

    @Override
    public TaskOptions options() {
        return TaskOptions.DEFAULT.withMaxRetries(3);
    }

    @Override
    public Object run(TaskContext context) throws IOException {
        PlatformFolders places = PlatformFolders.of(environment);
        RunFile node = RunFile.ofRunning(places.factsStore())
                .orElseThrow(() -> new IllegalStateException("the fact node is not running: nothing was exported"));
        Map<String, Object> done = new LinkedHashMap<>();
        for (String table : TABLES) {
            context.checkpoint();
            done.put(table, export(node.socket(), places.exports(), table));
        }
        return done;
    }

    private Map<String, Object> export(Path socket, Path exports, String table) throws IOException {
        long since = lastExported(exports, table);
        Path file = exports.resolve(table + "-" + AuditCommand.STAMP.format(clock.instant()) + ".jsonl");
        Response response = LocalSocket.call(
                socket,
                "POST",
                "/local/audit/export",
                StrictJson.write(Map.of("table", table, "since_seq", since, "out", file.toString())));
        if (response.status() >= 300) {
            throw new IllegalStateException("the fact node refused the export of " + table + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        JsonNode footer = StrictJson.parse(response.body()).path("footer");
        return Map.of("file", file.toString(), "rows", footer.path("rows").asLong(), "since_seq", since);
    }

    /** The last position of the newest export of this table; 0 when there is none. */
    static long lastExported(Path exports, String table) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(exports)) {
            files = all.filter(file -> file.getFileName().toString().startsWith(table + "-"))
                    .sorted()
                    .toList();
        }
        return files.isEmpty() ? 0 : reached(files.getLast());
    }

    private static long reached(Path file) throws IOException {
        try (RandomAccessFile export = new RandomAccessFile(file.toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(export.length(), MAX_FOOTER_BYTES)];
            export.seek(export.length() - tail.length);
            export.readFully(tail);
            String text = new String(tail, StandardCharsets.UTF_8).stripTrailing();
            JsonNode footer =
                    StrictJson.parse(text.substring(text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.UTF_8));
            // An export of nothing new has no last position, but it says where it began.
            return Math.max(
                    footer.path("last_seq").asLong(0), footer.path("since_seq").asLong(0));
        } catch (StrictJson.JsonRefused e) {
            throw new IOException(file + " ends in something that is no footer: move it away", e);
        }
    }
}
