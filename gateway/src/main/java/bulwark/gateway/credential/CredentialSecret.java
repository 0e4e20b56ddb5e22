package bulwark.gateway.credential;

import bulwark.gateway.secret.SecretFolder;
import bulwark.kernel.secrets.SecretBytes;
import java.util.Optional;

/** The secret of a credential. */
public sealed interface CredentialSecret {
    /** Lies encrypted in the gateway's store. */
    record Held(SecretBytes secret) implements CredentialSecret {}

    /** Lies in a file of the folder of secrets, which may change at any time. @param name of that file */
    record Reference(String name) implements CredentialSecret {}

    /** Empty while a file cannot be read. */
    default Optional<SecretBytes> in(SecretFolder folder) {
        return switch (this) {
            case Held held -> Optional.of(held.secret());
            case Reference reference -> folder.find(reference.name());
        };
    }
}
