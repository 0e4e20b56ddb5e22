package bulwark.doctor.report;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that are there as a whole or not at all. */
public final class ReportFile {
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private ReportFile() {}

    /**
     * Writes a file under another name, syncs it, and gives it its own: whoever finds the name finds all of it. Nobody but its owner reads it.
     *
     * @throws IOException when it cannot be written; nothing stays then
     */
    public static void create(Path file, byte[] content) throws IOException {
        write(file, content, false);
    }

    /** As {@link #create}, and readable by everybody: for metrics, which hold no secret. Replaces what was there. */
    public static void replacePublic(Path file, byte[] content) throws IOException {
        write(file, content, true);
    }

    private static void write(Path file, byte[] content, boolean readable) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = OwnerOnlyFiles.createNew(temporary)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            if (readable) {
                Files.setPosixFilePermissions(temporary, PUBLIC);
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        OwnerOnlyFiles.syncFolder(file);
    }
}
