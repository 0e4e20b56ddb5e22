package bulwark.kernel.config;

import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.FileRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A path and the setting that names it, so that a refusal of what lies there says which setting to mend.
 *
 * @param setting as the operator writes it, or null for a path that no setting names
 */
public record ConfiguredPath(Path path, @Nullable String setting) {
    public static ConfiguredPath unnamed(Path path) {
        return new ConfiguredPath(path, null);
    }

    /** What opens the path. */
    @FunctionalInterface
    public interface Opening<T> {
        T open(Path path) throws IOException;
    }

    /**
     * Opens the path; a refusal that names the path alone gets the setting's name.
     *
     * @throws FileRefused when the file system does not let the path be opened
     */
    public <T> T open(Opening<T> opening) {
        try {
            return opening.open(path);
        } catch (OperatorError refused) {
            throw named(refused);
        } catch (UncheckedIOException failed) {
            throw named(refused(failed.getCause()));
        } catch (IOException failed) {
            throw named(refused(failed));
        }
    }

    private <E extends OperatorError> E named(E refused) {
        if (setting != null) {
            refused.nameSetting(setting);
        }
        return refused;
    }

    private FileRefused refused(@Nullable IOException failed) {
        return new FileRefused(path + " cannot be used (" + reason(failed)
                + "): check the path, and owner and mode of the file and its folder" + owner(failed));
    }

    /** In a container nobody can ask with {@code ls} whose the file is. */
    private String owner(@Nullable Throwable failed) {
        if (!(failed instanceof AccessDeniedException)) {
            return "";
        }
        try {
            Object owner = Files.getAttribute(path, "unix:uid");
            String own = ownUser();
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            return ". It belongs to uid " + owner + " with mode " + mode + ", and this process is uid " + own
                    + (String.valueOf(owner).equals(own) ? "" : ": \"chown " + own + " " + path + "\" lets it in");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unseen) {
            return "";
        }
    }

    private static String ownUser() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> line.split("\\s+", -1)[2])
                .findFirst()
                .orElse("unknown");
    }

    /** Why a file cannot be used, for a sentence: the JDK's messages of some failures are the path alone, of others nothing. */
    public static String reason(@Nullable Throwable failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NoSuchFileException absent -> absent.getFile() + " does not exist";
            case FileAlreadyExistsException taken -> taken.getFile() + " is there already";
            case null -> "no reason is known";
            default -> failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        };
    }

    /** As sentences name it. */
    @Override
    public String toString() {
        return setting == null ? path.toString() : path + " (" + setting + ")";
    }
}
