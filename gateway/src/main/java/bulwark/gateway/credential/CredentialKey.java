package bulwark.gateway.credential;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file {@code credential.key} of the state folder: 32 random bytes, for its owner alone. */
final class CredentialKey {
    private CredentialKey() {}

    /** Makes the key where there is none. @throws bulwark.kernel.process.FileRefused when others can read it */
    static SecretBytes read(Path stateFolder, Signing signing) {
        Path file = stateFolder.resolve("credential.key");
        try {
            if (!Files.exists(file)) {
                OwnerOnlyFiles.write(file, signing.random32().expose(SecretAccess.grant()));
            }
            OwnerOnlyFiles.check(file);
            return SecretBytes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read or made: " + e.getMessage(), e);
        }
    }
}
