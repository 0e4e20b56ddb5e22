package bulwark.kernel.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;

/**
 * How every file and directory of a state folder is made: nobody but its owner can touch it from its first moment on, whatever the
 * umask, and no symbolic link is followed in its last name.
 */
public final class OwnerOnlyFiles {
    private static final String TEMPORARY = ".tmp";
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private OwnerOnlyFiles() {}

    /** Creates the directory and its parents (0700) where they are absent. @throws FileRefused when others can enter it */
    public static void createDirectory(Path directory) throws IOException {
        createDirectories(directory);
        check(directory);
    }

    /** Creates the directory and its parents (0700) where they are absent, and leaves those that are there as they are. */
    public static void createDirectories(Path directory) throws IOException {
        create(directory.toAbsolutePath());
    }

    private static void create(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.exists(directory)) {
            create(parent);
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
                syncFolder(directory);
            } catch (FileAlreadyExistsException another) {
                // Two processes that start at once make the same folder; the caller checks whose it is.
                if (!Files.isDirectory(directory)) {
                    throw another;
                }
            }
        }
    }

    /**
     * Opens a file (0600 when this makes it). Write through this channel and do not open the name again: in a folder of somebody
     * else the name may lead elsewhere by then.
     */
    public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(file, all, PosixFilePermissions.asFileAttribute(FILE));
    }

    /** A new file, open for writing. @throws FileAlreadyExistsException when the name is taken, also by a link */
    public static FileChannel createNew(Path file) throws IOException {
        return open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Replaces the file as a whole: temporary file, sync, rename, sync of the directory. A kill leaves the old or the new content. */
    public static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        Files.deleteIfExists(temporary);
        try (FileChannel channel = createNew(temporary)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(file);
    }

    /** Deletes the file if it is there, durably. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncFolder(file);
        }
    }

    /** Takes what an earlier release or another program left open to others. Links are left alone. */
    public static void restrict(Path path) throws IOException {
        PosixFileAttributes there = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> wanted = there.isDirectory() ? DIRECTORY : FILE;
        if (!there.isSymbolicLink() && !there.permissions().equals(wanted)) {
            Files.setPosixFilePermissions(path, wanted);
        }
    }

    /** @throws FileRefused when the path is a symbolic link, belongs to another user, or others can read, write or enter it */
    public static void check(Path path) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw new FileRefused(path + " is a symbolic link: put the file itself there");
        }
        if (!attributes.owner().equals(ownUser())) {
            throw new FileRefused(
                    path + " belongs to " + attributes.owner().getName() + ", who can read and change it: "
                            + "run this as that user, or chown " + ownUser().getName() + " " + path);
        }
        if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
            String mode = attributes.isDirectory() ? "700" : "600";
            throw new FileRefused(path + " can be touched by others than its owner: chmod " + mode + " " + path);
        }
    }

    /** Whether the file belongs to the user of this process, links followed. */
    public static boolean isOwn(Path file) throws IOException {
        return Files.getOwner(file).equals(ownUser());
    }

    /** A new name is durable only with its folder. */
    public static void syncFolder(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Of the process, as the system counts: a new file is its. */
    private static UserPrincipal ownUser() throws IOException {
        return OwnUser.get();
    }

    /** Found once: what this process makes is its own. */
    private static final class OwnUser {
        private static volatile @org.jspecify.annotations.Nullable UserPrincipal known;

        static UserPrincipal get() throws IOException {
            UserPrincipal user = known;
            if (user == null) {
                user = ofProcess();
                known = user;
            }
            return user;
        }

        private static UserPrincipal ofProcess() throws IOException {
            Path self = Path.of("/proc/self");
            if (Files.exists(self)) {
                return Files.getOwner(self);
            }
            Path probe = Files.createTempFile("bulwark", null);
            try {
                return Files.getFileAttributeView(probe, FileOwnerAttributeView.class)
                        .getOwner();
            } finally {
                Files.delete(probe);
            }
        }
    }
}
