package bulwark.tasks.exec;

import bulwark.kernel.config.ConfiguredPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * A program that a task runs.
 *
 * @param program absolute, a regular file that not everybody can write
 * @param timeout up to a day
 * @param maxOutputBytes 1 to 16 MiB; a program that writes more is killed
 * @param environment all that the program sees
 */
record ExecProgram(String task, Path program, Duration timeout, int maxOutputBytes, Map<String, String> environment) {
    ExecProgram {
        environment = Map.copyOf(environment);
    }

    /** Looked at again before each run: what was safe at the start may not be now. @throws IllegalArgumentException with a sentence */
    void check() {
        if (!program.isAbsolute()) {
            throw new IllegalArgumentException(program + " is not an absolute path");
        }
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new IllegalArgumentException(program + " is not a regular file that we may execute");
        }
        try {
            Path real = program.toRealPath();
            for (Path part = real; part != null; part = part.getParent()) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(part);
                boolean sticky = Files.isDirectory(part) && ((int) Files.getAttribute(part, "unix:mode") & 01000) != 0;
                if (mode.contains(PosixFilePermission.OTHERS_WRITE) && !sticky) {
                    throw new IllegalArgumentException(part + " can be changed by every user: chmod o-w " + part);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(program + " cannot be examined (" + ConfiguredPath.reason(e) + ")", e);
        }
    }
}
