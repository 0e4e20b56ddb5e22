package bulwark.app.up;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The {@code .env} of a part under {@code up}: made at the first start with a fresh secret in it, owner-only, and left alone from then on. */
public final class EnvironmentFile {
    private EnvironmentFile() {}

    /** Where a part's folder has it. */
    public static Path in(Path folder) {
        return folder.resolve(".env");
    }

    /**
     * @param text the file's text from a fresh secret of 64 hexadecimal characters
     * @return the secret when this call made the file; empty when it was there
     */
    public static Optional<String> createOnce(Path folder, UnaryOperator<String> text) throws IOException {
        if (Files.exists(in(folder))) {
            return Optional.empty();
        }
        String secret = HexFormat.of().formatHex(Signing.fastest().random32().expose(SecretAccess.grant()));
        OwnerOnlyFiles.write(in(folder), text.apply(secret).getBytes(StandardCharsets.UTF_8));
        return Optional.of(secret);
    }
}
