package bulwark.kernel.storage;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** The database as a file: whose it is, and how it comes to be. Header layout: https://sqlite.org/fileformat2.html. */
final class StoreFile {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 100;
    private static final int APPLICATION_ID_OFFSET = 68;

    private StoreFile() {}

    /** Reads the header without SQLite, which could change the file. @return whether there is a store of ours; false when absent or empty */
    static boolean isOurs(Path file) throws IOException {
        if (!Files.exists(file) || (Files.isRegularFile(file) && Files.size(file) == 0)) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (Files.isRegularFile(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                while (header.hasRemaining() && channel.read(header) >= 0) {}
            }
        }
        if (header.hasRemaining() || !Arrays.equals(MAGIC, 0, MAGIC.length, header.array(), 0, MAGIC.length)) {
            throw new StoreRefused(
                    file + " is not a SQLite database; it was left untouched. Name another path for the store.");
        }
        if (header.getInt(APPLICATION_ID_OFFSET) != Sqlite.APPLICATION_ID) {
            throw new ForeignStore(file);
        }
        return true;
    }

    /** Makes a store, complete with its mark and schema, under another name first: a crash never leaves half of one. */
    static void create(Path file, InitialSchema schema) throws IOException, SQLException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        OwnerOnlyFiles.createNew(fresh).close();
        // Synced once, when it is whole.
        try (Connection connection =
                Sqlite.open(fresh, "mode=rw", "synchronous=OFF", "application_id=" + Sqlite.APPLICATION_ID)) {
            schema.apply(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
            }
        } catch (SQLException e) {
            throw new StoreRefused("The schema of " + file + " could not be brought up to date: " + e.getMessage());
        }
        sync(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OwnerOnlyFiles.syncFolder(file);
    }

    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    static Path folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("/") : parent;
    }
}
