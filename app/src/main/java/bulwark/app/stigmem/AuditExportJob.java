package bulwark.app.stigmem;

import bulwark.app.cli.ExportTime;
import bulwark.app.up.Part;
import bulwark.app.up.PlatformJob;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.RunFile;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * {@code platform.audit-export}: asks the running fact node, over its owner's socket, to write what is new in its audit tables into the exports folder, signed
 * and chained to the export before. Arguments are ignored: a sender of tasks chooses neither table nor file.
 */
final class AuditExportJob {
    private static final List<String> TABLES = List.of("fact_audit_log", "federation_audit");
    private static final int MAX_FOOTER_BYTES = 1 << 16;

    private AuditExportJob() {}

    static PlatformJob of(Part facts) {
        return new PlatformJob(
                "platform.audit-export",
                "Write what is new in the fact node's audit tables into the exports folder, signed.",
                "17 3 * * *",
                run -> run(run.state().of(facts), run));
    }

    private static Map<String, Object> run(Path folder, PlatformJob.Run run) throws IOException {
        RunFile node = RunFile.ofRunning(FactsPart.store(folder))
                .orElseThrow(() -> new IllegalStateException("the fact node is not running: nothing was exported"));
        Map<String, Object> done = new LinkedHashMap<>();
        for (String table : TABLES) {
            run.checkpoint().run();
            done.put(table, export(node.socket(), run, table));
        }
        return done;
    }

    private static Map<String, Object> export(Path socket, PlatformJob.Run run, String table) throws IOException {
        Path exports = run.state().exports();
        long since = lastExported(exports, table);
        Path file = exports.resolve(table + "-" + ExportTime.of(run.clock().instant()) + ".jsonl");
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
