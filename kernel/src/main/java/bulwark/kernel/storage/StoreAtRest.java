package bulwark.kernel.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that no process has open, looked at without a change to its folder: not a byte, not a time of a file. SQLite cannot read a
 * write-ahead log without writing beside it, so a store that a crash left with one is read in a copy in the folder for temporary
 * files. While this is open no process can start on the store. For one thread.
 */
public final class StoreAtRest implements ReadableStore, AutoCloseable {
    private static final int NO_PROBLEMS_SHOWN = 100;

    private final @Nullable FileChannel lock;
    private final @Nullable Path copy;
    private final Connection connection;
    private final StatementCache statements;

    private StoreAtRest(@Nullable FileChannel lock, @Nullable Path copy, Connection connection) throws SQLException {
        this.lock = lock;
        this.copy = copy;
        this.connection = connection;
        this.statements = new StatementCache(connection);
    }

    /**
     * @throws StoreInUse when a process has it open
     * @throws StoreRefused when it is absent, somebody else's or unreadable
     */
    public static StoreAtRest open(Path file) {
        return open(file.toAbsolutePath().normalize(), true);
    }

    /** As {@link #open}, for a caller that holds the store's lock itself. */
    public static StoreAtRest openLocked(Path file) {
        return open(file.toAbsolutePath().normalize(), false);
    }

    private static StoreAtRest open(Path absolute, boolean locking) {
        FileChannel lock = null;
        Path copy = null;
        try {
            if (!StoreFile.isOurs(absolute)) {
                throw new StoreRefused(
                        "there is no store at " + absolute + ": run this in the folder of the store, or name its file");
            }
            lock = locking ? shared(absolute) : null;
            Path log = absolute.resolveSibling(absolute.getFileName() + "-wal");
            if (!Files.exists(log) || Files.size(log) == 0) {
                Connection connection = Sqlite.open(absolute, "mode=ro&immutable=1", "query_only=1");
                return new StoreAtRest(lock, null, connection);
            }
            copy = copied(absolute, log);
            Connection connection = Sqlite.open(copy.resolve("store.db"), "mode=rw", "query_only=1");
            return new StoreAtRest(lock, copy, connection);
        } catch (IOException | SQLException | RuntimeException e) {
            discard(lock, copy);
            throw e instanceof RuntimeException known
                    ? known
                    : new StoreRefused(absolute + " cannot be read (" + e.getMessage()
                            + "): check its owner, its mode and the space for temporary files.");
        }
    }

    /**
     * As {@link #open}; a store that a process has open is read beside it, as its own readers do.
     *
     * @throws StoreRefused when it is absent, somebody else's or unreadable
     */
    public static StoreAtRest openAlsoInUse(Path file) {
        try {
            return open(file);
        } catch (StoreInUse inUse) {
            try {
                return new StoreAtRest(null, null, Sqlite.open(file.toAbsolutePath(), "mode=ro", "query_only=1"));
            } catch (SQLException e) {
                throw new StoreRefused(file + " cannot be read beside the process that has it open (" + e.getMessage()
                        + "): stop that process, then repeat.");
            }
        }
    }

    /** Shared, and of the file that is there: looking makes no file. Null when no process ever locked the store. */
    private static @Nullable FileChannel shared(Path database) throws IOException {
        Path file = StoreLock.fileFor(database);
        if (StoreLock.isHeldHere(database)) {
            throw inUse(database);
        }
        if (!Files.exists(file)) {
            return null;
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
        if (lock == null) {
            channel.close();
            throw inUse(database);
        }
        return channel;
    }

    private static StoreInUse inUse(Path database) {
        return new StoreInUse(database + " is open in a running process: stop it, or ask that process.");
    }

    private static Path copied(Path database, Path log) throws IOException {
        Path folder = Files.createTempDirectory(
                "store-at-rest", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Files.copy(database, folder.resolve("store.db"));
            Files.copy(log, folder.resolve("store.db-wal"));
            return folder;
        } catch (IOException e) {
            discard(null, folder);
            throw e;
        }
    }

    @Override
    public <T extends @Nullable Object> T read(ReadJob<T> job) {
        try {
            statements.run("BEGIN");
            return job.run(new Reading());
        } catch (SQLException e) {
            throw Sqlite.translate(e);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            statements.resetQueries();
            statements.run("ROLLBACK");
        } catch (SQLException e) {
            if (!Sqlite.isNoTransaction(e)) {
                throw Sqlite.translate(e);
            }
        }
    }

    @Override
    public List<String> schemaCheck(Migrations migrations) {
        return new SchemaCheck(migrations).problems(read(SchemaCheck::stored));
    }

    @Override
    public List<String> integrityCheck() {
        List<String> problems = new ArrayList<>(IntegrityCheck.problems(connection));
        return problems.size() > NO_PROBLEMS_SHOWN ? problems.subList(0, NO_PROBLEMS_SHOWN) : problems;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw Sqlite.translate(e);
        } finally {
            discard(lock, copy);
        }
    }

    private static void discard(@Nullable FileChannel lock, @Nullable Path copy) {
        try {
            if (lock != null) {
                lock.close();
            }
            if (copy != null) {
                for (String name : List.of("store.db", "store.db-wal", "store.db-shm", "store.db-journal")) {
                    Files.deleteIfExists(copy.resolve(name));
                }
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            throw new StoreRefused("The copy " + copy + " of the store could not be removed (" + e.getMessage()
                    + "): remove it, it holds what the store holds.");
        }
    }

    private final class Reading implements ReadTx {
        @Override
        public PreparedStatement statement(String sql) throws SQLException {
            return statements.get(sql);
        }
    }
}
