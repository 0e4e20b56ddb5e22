package bulwark.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What the disk and SQLite alone do. */
public final class DiskBaseline {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(2);

    private DiskBaseline() {}

    /** {@code fdatasync} of 512 overwritten bytes, per second, on one thread. */
    static double syncs(Path folder) throws IOException {
        Path file = folder.resolve("sync.bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(512);
            channel.write(ByteBuffer.allocate(1 << 20), 0);
            channel.force(true);
            long start = System.nanoTime();
            int count = 0;
            while (System.nanoTime() - start < NANOS) {
                channel.write(block.clear(), 512L * (count % 2048));
                channel.force(false);
                count++;
            }
            return count * 1e9 / (System.nanoTime() - start);
        }
    }

    /** As {@link #syncs}: how long each of so many took, milliseconds, shortest first. */
    public static double[] syncMillis(Path folder, int count) throws IOException {
        double[] took = new double[count];
        try (FileChannel channel =
                FileChannel.open(folder.resolve("synced.bin"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(512);
            channel.write(ByteBuffer.allocate(1 << 20), 0);
            channel.force(true);
            for (int i = 0; i < count; i++) {
                channel.write(block.clear(), 512L * (i % 2048));
                long start = System.nanoTime();
                channel.force(false);
                took[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(took);
        return took;
    }

    /** Rows of 300 bytes under a random key, WAL, synchronous=FULL, a commit for each batch: rows per second. */
    static double sqliteRows(Path folder, int batch) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("plain" + batch + ".db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute(
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, k BLOB NOT NULL UNIQUE, v BLOB NOT NULL) STRICT");
            connection.setAutoCommit(false);
            return insert(connection, batch);
        }
    }

    private static double insert(Connection connection, int batch) throws SQLException {
        Random random = new Random(1);
        byte[] key = new byte[16];
        byte[] value = new byte[284];
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (k, v) VALUES (?, ?)")) {
            long start = System.nanoTime();
            long count = 0;
            while (System.nanoTime() - start < NANOS) {
                for (int i = 0; i < batch; i++) {
                    random.nextBytes(key);
                    insert.setBytes(1, key);
                    insert.setBytes(2, value);
                    insert.executeUpdate();
                }
                connection.commit();
                count += batch;
            }
            return count * 1e9 / (System.nanoTime() - start);
        }
    }
}
