package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest checkpoint that a Rekor service showed, in the key folder, so that a later tree must begin with that one. */
final class CheckpointFile {
    private static final int MAX_BYTES = 1 << 17;
    private static final String MEMBER = "checkpoint";

    private final Path file;
    private final boolean writable;

    /** @param writable false: only compares, as {@code fsck} does */
    CheckpointFile(Path file, boolean writable) {
        this.file = file;
        this.writable = writable;
    }

    /** Null when there is none yet. */
    @Nullable
    RekorCheckpoint read() throws LogUnavailable {
        if (!Files.exists(file)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            RekorCheckpoint kept = RekorCheckpoint.parse(
                    StrictJson.parse(in.readNBytes(MAX_BYTES)).path(MEMBER).stringValue(""));
            if (kept != null) {
                return kept;
            }
        } catch (IOException | StrictJson.JsonRefused e) {
            throw unreadable(e);
        }
        throw unreadable(null);
    }

    private LogUnavailable unreadable(@Nullable Exception e) {
        return new LogUnavailable(
                file
                        + " does not hold the checkpoint of the Rekor service that was seen last: restore it from a backup",
                e);
    }

    void write(RekorCheckpoint newest) throws LogUnavailable {
        if (writable) {
            try {
                OwnerOnlyFiles.write(file, StrictJson.write(Map.of(MEMBER, newest.note())));
            } catch (IOException e) {
                throw new LogUnavailable(file + " cannot be written: " + e.getMessage(), e);
            }
        }
    }

    void delete() throws LogUnavailable {
        if (writable) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new LogUnavailable(file + " cannot be removed: " + e.getMessage(), e);
            }
        }
    }
}
