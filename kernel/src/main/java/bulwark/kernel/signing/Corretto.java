package bulwark.kernel.signing;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import java.util.Optional;

/**
 * The native provider. Its library unpacks itself into a fresh directory of mode 0700 with a random name, is loaded from
 * there and deleted at once; where that cannot run code, it is looked for on the library path.
 */
final class Corretto {
    private Corretto() {}

    /** @throws IllegalStateException with the reason when the native library does not load */
    static JcaBackend engine() {
        AmazonCorrettoCryptoProvider provider = provider();
        return new JcaBackend("Amazon Corretto " + provider.getVersionStr(), provider, provider);
    }

    /** Puts the provider first, with the JDK's key objects, so that TLS handshakes use it. */
    static void install() {
        provider();
        AmazonCorrettoCryptoProvider.install();
    }

    /** For RSA and ECDSA; empty where it does not load, so that the JDK's are used. */
    static Optional<Provider> signatures() {
        try {
            return Optional.of(provider());
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static AmazonCorrettoCryptoProvider provider() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            Throwable error = provider.getLoadingError();
            if (error != null) {
                throw new IllegalStateException("its native library did not load: " + error.getMessage(), error);
            }
            return provider;
        } catch (LinkageError e) {
            throw new IllegalStateException("it is not on the class path or not for this platform", e);
        }
    }
}
