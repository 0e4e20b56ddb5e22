package bulwark.gateway.apikey;

import bulwark.kernel.secrets.SecretBytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A new key, with the one moment at which it can be seen.
 *
 * @param formerExpires end of the grace of the key that it replaces; null for a first key
 * @param rotations of the subscription so far
 */
public record IssuedKey(
        String id, SecretBytes key, String prefix, @Nullable Instant formerExpires, int rotations) {}
