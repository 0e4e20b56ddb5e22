package bulwark.doctor.client;

import bulwark.kernel.tls.ClientTls;
import java.nio.file.Path;
import java.time.Clock;

/**
 * The doctor's own certificate, and the authority that must vouch for a server.
 *
 * @param certificate PEM
 * @param privateKey PKCS#8 PEM, owner-only
 * @param authority PEM
 */
public record ClientIdentity(Path certificate, Path privateKey, Path authority) {
    ClientTls tls(Clock clock) {
        return ClientTls.load(
                ClientTls.Files.unnamed(certificate, privateKey, authority), ClientTls.Servers.TRUSTED, clock);
    }
}
