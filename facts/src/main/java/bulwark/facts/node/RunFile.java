package bulwark.facts.node;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Tells commands where a running node is: {@code <store>.run.json}, owner-only, written when the node is ready and removed when it
 * stops.
 *
 * @param plainPort loopback listener, 0 when off
 * @param port main listener (mutual TLS when configured)
 */
public record RunFile(long pid, Path socket, int port, int plainPort) {
    private static final int LONGEST_SOCKET_PATH = 100;

    static Path of(Path store) {
        return store.resolveSibling(store.getFileName() + ".run.json");
    }

    /** Beside the store, or under the temporary folder where that path would be too long for a socket. */
    static Path socketFor(Path store) throws IOException {
        Path beside = store.resolveSibling(store.getFileName() + ".local").resolve("node.sock");
        if (beside.toString().length() <= LONGEST_SOCKET_PATH) {
            Files.createDirectories(
                    beside.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return beside;
        }
        return Files.createTempDirectory("bulwark").resolve("node.sock");
    }

    void write(Path store) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pid", pid);
        members.put("socket", socket.toString());
        members.put("port", port);
        members.put("plain_port", plainPort);
        Path file = of(store);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, StrictJson.write(members), StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Path store) {
        try {
            Files.deleteIfExists(of(store));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty when there is no run file or its process is gone. */
    public static Optional<RunFile> ofRunningNode(Path store) {
        Path file = of(store);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = StrictJson.parse(Files.readAllBytes(file));
            long pid = json.path("pid").asLong();
            boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            return alive
                    ? Optional.of(new RunFile(
                            pid,
                            Path.of(json.path("socket").asString()),
                            json.path("port").asInt(),
                            json.path("plain_port").asInt()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
