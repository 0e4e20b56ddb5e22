package bulwark.kernel.config;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Files that hold secrets: only their owner may touch them. */
public final class SecretFile {
    private static final int MAX_BYTES = 64 * 1024;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    static boolean isExposed(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains) || isForeign(file);
    }

    /** Of a user other than that of this process and root, who can change it at any time. */
    private static boolean isForeign(Path file) throws IOException {
        return !OwnerOnlyFiles.isOwn(file) && !Files.getOwner(file).getName().equals("root");
    }

    /** The content without its last line end. @throws IllegalArgumentException with a sentence about the file */
    public static SecretBytes read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(file + " is not a file");
            }
            if (isExposed(file)) {
                throw new IllegalArgumentException(
                        file + " can be read or changed by others than its owner: chmod 600 " + file);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + " is larger than a secret can be");
            }
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty");
            }
            return SecretBytes.ofText(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read (" + ConfiguredPath.reason(e) + ")", e);
        }
    }
}
