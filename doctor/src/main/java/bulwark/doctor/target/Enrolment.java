package bulwark.doctor.target;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The doctor's own credentials for one target: owner-only files in a folder of its memory. Thread-safe.
 *
 * @param folder of this target's credentials
 */
public record Enrolment(Path folder) {
    /** Where a credential is, or goes. @param name a plain file name */
    public Path file(String name) {
        return folder.resolve(name);
    }

    public boolean has(String name) {
        return Files.exists(file(name));
    }

    /** Keeps a credential that a part's owner socket gave. */
    public void keep(String name, String secret) throws IOException {
        OwnerOnlyFiles.createDirectory(folder);
        OwnerOnlyFiles.write(file(name), (secret + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
