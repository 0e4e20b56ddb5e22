package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the PEM material lies: certificate chain, PKCS#8 key (Ed25519, EC or RSA), CA bundle.
 *
 * @param caBundle null for a server that trusts no client certificate
 * @param revocationLists CRLs, one of each CA of the bundle; null where a certificate is revoked by a change of the bundle
 */
public record TlsFiles(
        ConfiguredPath certificate,
        ConfiguredPath privateKey,
        @Nullable ConfiguredPath caBundle,
        @Nullable ConfiguredPath revocationLists) {
    /** Without revocation lists. */
    public TlsFiles(ConfiguredPath certificate, ConfiguredPath privateKey, @Nullable ConfiguredPath caBundle) {
        this(certificate, privateKey, caBundle, null);
    }

    /** For files that no setting names. */
    public TlsFiles(Path certificate, Path privateKey, Path caBundle) {
        this(ConfiguredPath.unnamed(certificate), ConfiguredPath.unnamed(privateKey), ConfiguredPath.unnamed(caBundle));
    }

    /**
     * Of a server that asks for no client certificates. Its certificate needs no URI SAN: callers judge it by its host names, as a public CA issues
     * them.
     */
    public static TlsFiles ofServer(Path certificate, Path privateKey) {
        return new TlsFiles(ConfiguredPath.unnamed(certificate), ConfiguredPath.unnamed(privateKey), null);
    }

    List<ConfiguredPath> all() {
        return Stream.of(certificate, privateKey, caBundle, revocationLists)
                .filter(Objects::nonNull)
                .toList();
    }
}
