package bulwark.kernel.evidence.export;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The history of a store that its exporter only reads: an owner-only JSON file, for instance in the store's key folder, with {@code
 * footer_hash} and {@code last_seq} for each table. One process at a time holds it. For one thread.
 */
public final class FileExportHistory implements ExportHistory, AutoCloseable {
    private final Path file;
    private final FileChannel lock;

    private FileExportHistory(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /** @throws ExportRefused when another process holds it, or it cannot be locked */
    public static FileExportHistory open(Path file) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try {
            if (!Files.exists(lockFile)) {
                OwnerOnlyFiles.write(lockFile, new byte[0]);
            }
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            if (isLocked(channel)) {
                return new FileExportHistory(file, channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new ExportRefused(lockFile + " cannot be used (" + e.getMessage() + "): check its folder.");
        }
        throw new ExportRefused("Another export of this store is under way: wait until it has ended, then repeat.");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldHere) {
            return false;
        }
    }

    @Override
    public Optional<String> lastFooter(AuditTable table) {
        return read().get(table.name()) instanceof Map<?, ?> last && last.get("footer_hash") instanceof String hash
                ? Optional.of(hash)
                : Optional.empty();
    }

    @Override
    public void remember(AuditTable table, ExportFooter footer, Path out) {
        Map<String, @Nullable Object> all = read();
        all.put(table.name(), Map.of("footer_hash", footer.hash(), "last_seq", footer.number("last_seq")));
        try {
            OwnerOnlyFiles.write(file, StrictJson.write(all));
        } catch (IOException e) {
            throw new ExportRefused(file + " cannot be written (" + e.getMessage() + "): check its folder.");
        }
    }

    private Map<String, @Nullable Object> read() {
        try {
            return Files.exists(file)
                    ? PlainJson.object(StrictJson.parse(Files.readAllBytes(file)))
                    : new LinkedHashMap<>();
        } catch (IOException | StrictJson.JsonRefused | IllegalArgumentException e) {
            throw new ExportRefused(file + " is damaged (" + e.getMessage()
                    + "): restore it, or move it away; the next export then names none before it.");
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new ExportRefused("the lock of " + file + " could not be given back: " + e.getMessage());
        }
    }
}
