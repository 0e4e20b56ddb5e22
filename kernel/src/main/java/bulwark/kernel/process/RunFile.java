package bulwark.kernel.process;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Tells other processes who has a store open and where to ask: {@code <store>.run.json}, owner-only, written when the process is
 * ready and removed when it stops. A crash leaves one behind, which then names nobody.
 *
 * @param ports of listeners by name, for instance {@code port}; 0 when off
 */
public record RunFile(long pid, Path socket, Map<String, Integer> ports) {
    /** Bytes. The system's limit is 107, and a socket is first bound in a folder of six. */
    private static final int MAX_SOCKET_PATH = 100;

    public RunFile {
        ports = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(ports));
    }

    private static Path of(Path store) {
        return store.resolveSibling(store.getFileName() + ".run.json");
    }

    /**
     * Where the owner's socket of a store goes: beside the store, or in a folder of the temporary directory, always the same for a
     * store, where that path would be too long for a socket. The folder is there afterwards.
     *
     * @param name for instance {@code node}
     * @throws FileRefused when the folder is another user's
     */
    public static Path socketFor(Path store, String name) throws IOException {
        Path folder = store.resolveSibling(store.getFileName() + ".local");
        if (bytes(folder.resolve(name + ".sock")) > MAX_SOCKET_PATH) {
            folder = temporary(store);
        }
        OwnerOnlyFiles.createDirectory(folder);
        return folder.resolve(name + ".sock");
    }

    private static Path temporary(Path store) {
        UUID digest = UUID.nameUUIDFromBytes(
                store.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8));
        return Path.of(
                System.getProperty("java.io.tmpdir"),
                "bulwark-" + digest.toString().substring(0, 18));
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    public void write(Path store) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pid", pid);
        members.put("socket", socket.toString());
        members.putAll(ports);
        OwnerOnlyFiles.write(of(store), StrictJson.write(members));
    }

    /** Also the folder of a socket that did not fit beside the store, once it is empty. */
    public static void remove(Path store) throws IOException {
        Files.deleteIfExists(of(store));
        removeTemporary(store);
    }

    /** For who served a socket without a run file. */
    public static void removeTemporary(Path store) throws IOException {
        Path folder = temporary(store);
        if (Files.isDirectory(folder)) {
            try (var left = Files.list(folder)) {
                if (left.findAny().isPresent()) {
                    return;
                }
            }
            Files.deleteIfExists(folder);
        }
    }

    /** Empty when there is no run file or its process is gone. */
    public static Optional<RunFile> ofRunning(Path store) throws IOException {
        Path file = of(store);
        try {
            JsonNode json = StrictJson.parse(Files.readAllBytes(file));
            long pid = json.path("pid").asLong();
            Instant written = Files.getLastModifiedTime(file).toInstant();
            if (PidFile.startOf(pid, written).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new RunFile(pid, Path.of(json.path("socket").asString()), ports(json)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static Map<String, Integer> ports(JsonNode json) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        json.properties().forEach(member -> {
            if (member.getValue().isIntegralNumber() && !member.getKey().equals("pid")) {
                ports.put(member.getKey(), member.getValue().intValue());
            }
        });
        return ports;
    }
}
