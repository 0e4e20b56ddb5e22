package bulwark.kernel.tls;

import java.nio.file.Path;
import java.util.List;

/** Where the PEM material lies: certificate chain, PKCS#8 key (Ed25519, EC or RSA), CA bundle. */
public record TlsFiles(Path certificate, Path privateKey, Path caBundle) {
    List<Path> all() {
        return List.of(certificate, privateKey, caBundle);
    }
}
