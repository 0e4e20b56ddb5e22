package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Tells other processes who holds a store and where to ask: {@code <store>.run.json}, owner-only. A crash leaves one behind that names nobody. */
record HolderFile(long process, Path socket) {
    private static final int LONGEST_SOCKET_PATH = 100;
    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static Path of(Path store) {
        return store.resolveSibling(store.getFileName() + ".run.json");
    }

    /** Beside the store, or under the temporary folder where that path would be too long for a socket. */
    static Path socketFor(Path store) throws IOException {
        Path beside = store.resolveSibling(store.getFileName() + ".local").resolve("tasks.sock");
        if (beside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH) {
            Files.createDirectories(beside.getParent(), FOLDER);
            return beside;
        }
        return Files.createTempDirectory("bulwark").resolve("tasks.sock");
    }

    void write(Path store) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pid", process);
        members.put("socket", socket.toString());
        Path file = of(store);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, FILE);
        Files.write(fresh, StrictJson.write(members), StandardOpenOption.WRITE);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void remove(Path store) throws IOException {
        Files.deleteIfExists(of(store));
    }

    /** Empty while there is none. */
    static Optional<HolderFile> read(Path store) throws IOException {
        try {
            JsonNode json = StrictJson.parse(Files.readAllBytes(of(store)));
            return Optional.of(new HolderFile(
                    json.path("pid").asLong(), Path.of(json.path("socket").asString())));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }
}
