package bulwark.kernel.storage;

import bulwark.kernel.concurrent.Futures;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SQLite file (WAL, synchronous FULL): one writer thread that commits many jobs with one sync, and a small pool of
 * read-only connections on platform threads. No second process opens the file. Thread-safe.
 */
public final class SqliteStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);
    private static final int READERS = 2;

    private final Path file;
    private final StoreLock lock;
    private final Writer writer;
    private final Readers readers;
    private final List<Consumer<Throwable>> fatalListeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Throwable fatal;

    private SqliteStore(Path file, StoreLock lock, Connection writing, List<Connection> reading) throws SQLException {
        this.file = file;
        this.lock = lock;
        String name = String.valueOf(file.getFileName());
        writer = new Writer(writing, name, this::notifyFatal);
        readers = new Readers(reading, name);
        writer.start();
        readers.start();
    }

    private static SqliteStore start(Path file, StoreLock lock) throws SQLException {
        List<Connection> opened = new ArrayList<>();
        try {
            // Checkpoints are our own, so that the error of their sync is seen.
            Connection writing = Sqlite.open(
                    file,
                    "mode=rw",
                    "journal_mode=WAL",
                    "synchronous=FULL",
                    "wal_autocheckpoint=0",
                    "journal_size_limit=67108864",
                    "cache_size=-16000");
            opened.add(writing);
            for (int i = 0; i < READERS; i++) {
                opened.add(Sqlite.open(file, "mode=rw", "query_only=1", "mmap_size=268435456", "cache_size=-8000"));
            }
            return new SqliteStore(file, lock, writing, opened.subList(1, opened.size()));
        } catch (SQLException e) {
            for (Connection connection : opened) {
                connection.close();
            }
            throw e;
        }
    }

    static void loadDriver() {
        try {
            Sqlite.memory().close();
        } catch (SQLException e) {
            LOG.debug("The driver did not load ahead.", e);
        }
    }

    /**
     * Opens, checks and (by policy) migrates. A foreign database and a newer schema are refused untouched. The file lock is
     * held until close.
     *
     * @throws StoreInUse when somebody else has it open
     * @throws StoreRefused with a sentence and remedy
     */
    public static SqliteStore open(Path file, Migrations migrations, SchemaPolicy policy) {
        Path absolute = file.toAbsolutePath().normalize();
        StoreLock lock = StoreLock.claim(absolute);
        SqliteStore store = null;
        try {
            prepare(absolute, lock, new Schema(absolute, migrations), policy);
            store = start(absolute, lock);
            return store;
        } catch (IOException | SQLException e) {
            throw new StoreRefused(
                    absolute + " cannot be opened (" + e + "): check the folder, its owner and its mode.");
        } finally {
            if (store == null) {
                release(lock);
            }
        }
    }

    private static void prepare(Path file, StoreLock lock, Schema schema, SchemaPolicy policy)
            throws IOException, SQLException {
        if (!Files.exists(file) && policy == SchemaPolicy.REFUSE_UNLESS_CURRENT) {
            throw new StoreRefused(
                    file + " does not exist: start the node once, which creates it, or name another path.");
        }
        boolean ours = StoreFile.isOurs(file);
        if (ours && !Files.exists(StoreLock.fileFor(file))) {
            schema.refuseNewerEarly();
        }
        OwnerOnlyFiles.createDirectories(StoreFile.folder(file));
        lock.lock();
        if (!StoreFile.isOurs(file)) {
            StoreFile.create(file, schema.first());
        }
        schema.apply(policy);
        OwnerOnlyFiles.restrict(file);
    }

    public Path file() {
        return file;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public <T extends @Nullable Object> T write(WriteJob<T> job) {
        return Futures.join(writer.submit(job));
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> submit(WriteJob<T> job) {
        return writer.submit(job);
    }

    @Override
    public <T extends @Nullable Object> T read(ReadJob<T> job) {
        return Futures.join(readers.submit(job));
    }

    @Override
    public void onFatal(Consumer<Throwable> listener) {
        fatalListeners.add(listener);
        Throwable cause = fatal;
        if (cause != null && fatalListeners.remove(listener)) {
            listener.accept(cause);
        }
    }

    private void notifyFatal(Throwable cause) {
        fatal = cause;
        for (Consumer<Throwable> listener : fatalListeners) {
            if (fatalListeners.remove(listener)) {
                listener.accept(cause);
            }
        }
    }

    @Override
    public WriterStats stats() {
        return writer.stats();
    }

    @Override
    public List<String> schemaCheck(Migrations migrations) {
        return new SchemaCheck(migrations).problems(read(SchemaCheck::stored));
    }

    @Override
    public List<String> integrityCheck() {
        try (Connection connection = Sqlite.open(file, "mode=rw", "query_only=1")) {
            return IntegrityCheck.problems(connection);
        } catch (SQLException e) {
            return List.of("The database file cannot be read: " + e.getMessage() + ".");
        }
    }

    /**
     * Writes a consistent, compact copy with mode 0600, durable when this returns; readers and the writer go on meanwhile.
     *
     * @param target must not exist
     * @throws StoreFailed when the copy could not be made; nothing is left behind
     */
    public void copyTo(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        try {
            OwnerOnlyFiles.createNew(absolute).close();
        } catch (IOException e) {
            throw new StoreFailed(
                    "The copy " + absolute + " cannot be created: it exists, or its folder refuses it.", e);
        }
        try (Connection connection = Sqlite.open(file, "mode=rw");
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, absolute.toString());
            vacuum.executeUpdate();
            StoreFile.sync(absolute);
            OwnerOnlyFiles.syncFolder(absolute);
        } catch (SQLException | IOException e) {
            absolute.toFile().delete();
            throw new StoreFailed("The store could not be copied to " + absolute + ": " + e.getMessage(), e);
        }
    }

    /** Finishes queued writes, checkpoints, releases the lock. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            writer.stop();
            readers.stop();
            if (writer.hasFailed()) {
                // Closing would checkpoint, which is a sync again. The lock stays too: only a new process may go on.
                return;
            }
            writer.closeConnection();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (SQLException e) {
            LOG.warn("The store did not close cleanly; the next start recovers it.", e);
        }
        release(lock);
    }

    private static void release(StoreLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            LOG.warn("The lock of the store could not be released; it ends with the process.", e);
        }
    }
}
