package bulwark.gateway;

import bulwark.gateway.balance.UpstreamTls;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS towards {@code https} upstreams: the authorities that vouch for them, and the certificate that the gateway shows to those that ask. */
final class UpstreamTlsSettings {
    static final String AUTHORITIES = "STOA_UPSTREAM__CA_FILE";
    static final String CERTIFICATE = "STOA_UPSTREAM__CLIENT_CERT_FILE";
    static final String KEY = "STOA_UPSTREAM__CLIENT_KEY_FILE";

    private static final String FOLDER = "STOA_UPSTREAM__TLS_DIR";

    private UpstreamTlsSettings() {}

    /**
     * @throws Configuration.ConfigurationRefused when the settings do not go together
     * @throws bulwark.kernel.tls.TlsRefused when the files cannot be used
     */
    static UpstreamTls of(Configuration settings, Path directory, Clock clock) {
        if (settings.isSet(CERTIFICATE) != settings.isSet(KEY)) {
            throw new Configuration.ConfigurationRefused(
                    List.of(CERTIFICATE + " and " + KEY + " go together; set both or none"));
        }
        ClientTls.Files files = files(settings, directory);
        return UpstreamTls.of(
                ClientTls.load(files, ClientTls.Servers.TRUSTED_OR_PUBLIC, TlsPolicy.publicServer(), clock),
                new UpstreamTls.FileSource(path(settings, FOLDER, directory), files, clock));
    }

    private static ClientTls.Files files(Configuration settings, Path directory) {
        return new ClientTls.Files(
                path(settings, CERTIFICATE, directory),
                path(settings, KEY, directory),
                path(settings, AUTHORITIES, directory));
    }

    private static @Nullable ConfiguredPath path(Configuration settings, String name, Path directory) {
        return settings.isSet(name) ? new ConfiguredPath(directory.resolve(settings.text(name)), name) : null;
    }
}
