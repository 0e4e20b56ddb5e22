package bulwark.web;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The place of a Unix socket, and how to take it without a moment at which others could connect. Not thread-safe. */
final class UnixSocketFile {
    /** Bytes. The system's limit is 107, and the socket is first bound one folder deeper. */
    static final int MAX_PATH = 100;

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;
    private @Nullable Object ourFile;

    private UnixSocketFile(Path path) {
        this.path = path;
    }

    static UnixSocketFile of(Path socket) throws IOException {
        checkLength(socket);
        return new UnixSocketFile(socket);
    }

    Path path() {
        return path;
    }

    static void checkLength(Path socket) throws IOException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new IOException("the path of the local socket has " + length + " bytes, and at most " + MAX_PATH
                    + " are possible; choose a shorter folder: " + socket);
        }
    }

    /** Binds under a private folder, sets mode 0600, and only then moves the socket to its name. */
    void bind(ServerSocketChannel server, int backlog) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("the local socket needs a file name: " + path);
        }
        if (!Files.exists(folder)) {
            OwnerOnlyFiles.createDirectories(folder);
        }
        refuseOccupied();
        Path cradle = privateFolder(folder);
        Path born = cradle.resolve("s");
        try {
            server.bind(UnixDomainSocketAddress.of(born), backlog);
            Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
            Files.move(born, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            ourFile = key();
        } finally {
            Files.deleteIfExists(born);
            Files.deleteIfExists(cradle);
        }
    }

    /** A private folder of five bytes, so that the name bound in it stays below the system's limit for every path of {@link #MAX_PATH}. */
    private static Path privateFolder(Path folder) throws IOException {
        SecureRandom random = new SecureRandom();
        while (true) {
            try {
                return Files.createDirectory(
                        folder.resolve("." + Integer.toString(random.nextInt(46_656, 1_679_616), 36)), PRIVATE);
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
        }
    }

    private void refuseOccupied() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!there.isOther()) {
            throw new IOException(path + " is not a socket and will not be replaced; remove it or choose another path");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobodyListens) {
            return;
        }
        throw new IOException("another process is serving " + path + "; stop it first");
    }

    /** Leaves a socket alone that somebody else has put there meanwhile. */
    void deleteIfOurs() throws IOException {
        if (ourFile != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && ourFile.equals(key())) {
            Files.deleteIfExists(path);
        }
    }

    private Object key() throws IOException {
        return Objects.requireNonNull(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey());
    }
}
