package bulwark.image.inside;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** Makes files, or sets their time to now, as the program {@code touch} does: how an operator sees what can be written. Exit code 1 when one cannot. */
public final class TouchProgram {
    private TouchProgram() {}

    /** @param arguments path of the called file, then the files to touch */
    public static void main(String[] arguments) {
        boolean refused = false;
        for (int i = 1; i < arguments.length; i++) {
            try {
                touch(Path.of(arguments[i]));
            } catch (IOException e) {
                System.err.println("touch: " + arguments[i] + ": " + reason(e));
                refused = true;
            }
        }
        if (arguments.length < 2) {
            System.err.println("touch: missing file operand");
            refused = true;
        }
        System.exit(refused ? 1 : 0);
    }

    private static void touch(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "Permission denied";
            case NoSuchFileException absent -> "No such file or directory";
            case FileSystemException failed when failed.getReason() != null -> String.valueOf(failed.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }
}
