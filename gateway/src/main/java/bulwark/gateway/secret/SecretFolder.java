package bulwark.gateway.secret;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SecretFile;
import bulwark.kernel.secrets.SecretBytes;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder of {@code STOA_SECRETS_DIR}: each file holds one secret and is named as {@code secret_ref} names it, as Kubernetes mounts them. Files are for their owner alone and are read anew at each
 * question; nothing outside of the folder can be named. Thread-safe.
 */
public final class SecretFolder {
    public static final String SETTING = "STOA_SECRETS_DIR";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    private final @Nullable Path folder;

    /** @param folder null for none */
    public SecretFolder(@Nullable Path folder) {
        this.folder = folder;
    }

    /** @param directory that a relative path of the setting starts from */
    public static SecretFolder of(Configuration settings, Path directory) {
        return new SecretFolder(settings.isSet(SETTING) ? directory.resolve(settings.text(SETTING)) : null);
    }

    /** Whether it can be the name of a secret. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Why it is not there, in a sentence that does not quote it; null when it is. */
    public @Nullable String problem(String name) {
        try {
            read(name);
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Empty while it cannot be read. */
    public Optional<SecretBytes> find(String name) {
        try {
            return Optional.of(read(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private SecretBytes read(String name) {
        if (folder == null) {
            throw new IllegalArgumentException("no folder of secrets is configured; set " + SETTING);
        }
        if (!isName(name)) {
            throw new IllegalArgumentException("must be the name of a file in the folder of " + SETTING);
        }
        return SecretFile.read(folder.resolve(name));
    }
}
