package bulwark.gateway;

import bulwark.gateway.proxy.ListenerTls;
import bulwark.gateway.proxy.ListenerTls.ClientAuth;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The TLS listener that the settings describe. */
final class TlsSettings {
    private static final String CERTIFICATE = "STOA_TLS__CERT_FILE";
    private static final String KEY = "STOA_TLS__KEY_FILE";
    private static final String AUTHORITIES = "STOA_TLS__CLIENT_CA_FILE";
    private static final String REVOCATIONS = "STOA_TLS__CRL_FILE";
    private static final String CLIENT_AUTH = "STOA_TLS__CLIENT_AUTH";
    private static final String CONTROL_PLANE = "STOA_CONTROL_PLANE_URL";
    private static final String MIN_VERSION = "STOA_TLS__MIN_VERSION";

    private TlsSettings() {}

    /**
     * Null when no certificate is configured.
     *
     * @throws Configuration.ConfigurationRefused when the settings do not go together
     * @throws bulwark.kernel.tls.TlsRefused when the files cannot be used
     */
    static @Nullable ListenerTls of(Configuration settings, Path directory, Clock clock) {
        boolean certificate = settings.isSet(CERTIFICATE);
        if (certificate != settings.isSet(KEY)) {
            throw refused(CERTIFICATE + " and " + KEY + " go together; set both or none");
        }
        ClientAuth clientAuth = ClientAuth.valueOf(settings.text(CLIENT_AUTH).toUpperCase(Locale.ROOT));
        if (!certificate) {
            return null;
        }
        if (clientAuth != ClientAuth.NONE && !settings.isSet(AUTHORITIES) && !settings.isSet(CONTROL_PLANE)) {
            throw refused(CLIENT_AUTH + " asks for client certificates; name the CAs that vouch for them in "
                    + AUTHORITIES + ", or take those of tenants from a control plane: " + CONTROL_PLANE);
        }
        if (settings.isSet(REVOCATIONS) && !settings.isSet(AUTHORITIES)) {
            throw refused(REVOCATIONS + " belongs to the CAs of " + AUTHORITIES + ", which is not set");
        }
        TlsFiles files = new TlsFiles(
                path(settings, CERTIFICATE, directory),
                path(settings, KEY, directory),
                settings.isSet(AUTHORITIES) ? path(settings, AUTHORITIES, directory) : null,
                settings.isSet(REVOCATIONS) ? path(settings, REVOCATIONS, directory) : null);
        TlsPolicy policy =
                settings.text(MIN_VERSION).equals("1.3") ? TlsPolicy.publicServer13() : TlsPolicy.publicServer();
        return new ListenerTls(ReloadingTls.load(files, policy, clock), clientAuth);
    }

    private static ConfiguredPath path(Configuration settings, String name, Path directory) {
        return new ConfiguredPath(directory.resolve(settings.text(name)), name);
    }

    private static Configuration.ConfigurationRefused refused(String sentence) {
        return new Configuration.ConfigurationRefused(List.of(sentence));
    }
}
