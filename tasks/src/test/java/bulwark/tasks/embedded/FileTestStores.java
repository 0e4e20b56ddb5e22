package bulwark.tasks.embedded;

import bulwark.tasks.contract.TestStores;
import bulwark.tasks.store.TaskStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.stream.Stream;

/** A file that this process holds, or one that another part of it holds. */
final class FileTestStores implements TestStores {
    private final Path folder = temporary();
    private final EmbeddedStores holder;
    private final EmbeddedStores stores;
    private final EmbeddedStores elsewhere;

    private FileTestStores(boolean shared) {
        Path file = folder.resolve("tasks.db");
        holder = shared
                ? EmbeddedStores.open(file, Clock.systemUTC())
                : EmbeddedStores.openExclusive(file, Clock.systemUTC());
        stores = shared ? EmbeddedStores.open(file, Clock.systemUTC()) : holder;
        elsewhere = EmbeddedStores.openExclusive(folder.resolve("other.db"), Clock.systemUTC());
    }

    static FileTestStores alone() {
        return new FileTestStores(false);
    }

    /** Everything crosses the local socket. */
    static FileTestStores shared() {
        return new FileTestStores(true);
    }

    @Override
    public TaskStores stores() {
        return stores;
    }

    @Override
    public TaskStores another() {
        return holder;
    }

    @Override
    public TaskStores elsewhere() {
        return elsewhere;
    }

    @Override
    public void close() {
        stores.close();
        holder.close();
        elsewhere.close();
        delete(folder);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("tasks");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
