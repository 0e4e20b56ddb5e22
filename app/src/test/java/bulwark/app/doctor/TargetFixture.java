package bulwark.app.doctor;

import bulwark.app.CommandResult;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.testkit.FreePort;
import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A target file for a node that is not there, or that is a small server of the test's own. */
record TargetFixture(Path folder) {
    /** Nobody listens there. */
    Path closed() throws IOException {
        return file("closed", "http://localhost:" + FreePort.next());
    }

    /** @param name of the target and of its file */
    Path file(String name, String url) throws IOException {
        for (String key : List.of("read", "audit")) {
            OwnerOnlyFiles.write(folder.resolve(key), (key + "-secret-0123456789\n").getBytes(StandardCharsets.UTF_8));
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("plain_url", url);
        facts.put("tls_url", url.replace("http:", "https:"));
        facts.put("read_key_file", folder.resolve("read").toString());
        facts.put("audit_key_file", folder.resolve("audit").toString());
        Path file = folder.resolve(name + ".json");
        OwnerOnlyFiles.write(
                file,
                StrictJson.pretty(Map.of("version", 1, "name", name, "parts", Map.of("facts", facts)))
                        .getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /** A server that gives every request one answer. @param headers each with its line end */
    static LoopbackServer answering(String headers, String body) {
        return LoopbackServer.start(connection -> {
            InputStream in = connection.getInputStream();
            if (in.read(new byte[8192]) > 0) {
                connection
                        .getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: "
                                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n"
                                        + body)
                                .getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    static String url(LoopbackServer server) {
        return "http://localhost:" + server.port();
    }

    /** {@code bulwark doctor} with a memory beside the target files. */
    CommandResult doctor(String... arguments) {
        List<String> all = new ArrayList<>(List.of("doctor"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--memory", memory().toString()));
        return CommandResult.of(folder, Map.of("HOME", folder.toString()), "", all.toArray(String[]::new));
    }

    Path memory() {
        return folder.resolve("memory");
    }

    /** Of the folder. */
    List<String> names() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
