package bulwark.kernel.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and directories that nobody but their owner can touch, written so that a kill leaves the old or the new content. */
public final class OwnerOnlyFiles {
    private static final String TEMPORARY = ".tmp";
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private OwnerOnlyFiles() {}

    /** Creates the directory and its parents (0700) where they are absent. @throws KeyRefused when others can enter it */
    public static void createDirectory(Path directory) throws IOException {
        create(directory.toAbsolutePath());
        check(directory);
    }

    private static void create(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.exists(directory)) {
            create(parent);
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
                syncParent(directory);
            } catch (FileAlreadyExistsException another) {
                // Two processes that start at once make the same folder; the caller checks whose it is.
                if (!Files.isDirectory(directory)) {
                    throw another;
                }
            }
        }
    }

    /** Replaces the file as a whole: temporary file 0600, sync, rename, sync of the directory. */
    public static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(FILE))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncParent(file);
    }

    /** Deletes the file if it is there, durably. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncParent(file);
        }
    }

    /** @throws KeyRefused when the path is a symbolic link, or anybody but the owner can read, write or enter it */
    public static void check(Path path) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw new KeyRefused(path + " is a symbolic link: put the key material itself there");
        }
        if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
            String mode = attributes.isDirectory() ? "700" : "600";
            throw new KeyRefused(path + " can be touched by others than its owner: chmod " + mode + " " + path);
        }
    }

    private static void syncParent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
