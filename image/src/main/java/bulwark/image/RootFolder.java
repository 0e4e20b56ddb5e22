package bulwark.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The image's files, laid out in a folder as they will lie in the container. For one thread. */
record RootFolder(Path folder) {
    static RootFolder create(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new RootFolder(folder);
    }

    /** @param path in the container, absolute */
    Path at(String path) {
        return folder.resolve(path.substring(1));
    }

    void copy(Path from, String path, boolean executable) throws IOException {
        Path to = at(path);
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        setMode(to, executable);
    }

    void write(String path, String content, boolean executable) throws IOException {
        Path to = at(path);
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.write(to, content.getBytes(StandardCharsets.UTF_8));
        setMode(to, executable);
    }

    private static void setMode(Path file, boolean executable) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** By its mode, whoever asks. */
    static boolean isExecutable(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Path in the container to the file here, in the order of the paths. Links are no part of it. */
    Map<String, Path> files() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .forEach(file -> files.put("/" + folder.relativize(file), file));
        }
        return files;
    }

    /** Removes a file, or a folder with all that is in it. */
    void remove(String path) throws IOException {
        if (!Files.exists(at(path), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> below = Files.walk(at(path))) {
            all = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }

    /** Gives every file this time of its last change. */
    void stamp(Instant time) throws IOException {
        for (Path file : files().values()) {
            Files.setLastModifiedTime(file, FileTime.from(time));
        }
    }
}
