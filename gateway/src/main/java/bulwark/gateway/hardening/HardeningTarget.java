package bulwark.gateway.hardening;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretBytes;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is looked at. Only the gateway itself must be there.
 *
 * @param settings of the gateway's folder, as the process reads them
 * @param sources by the name of each setting, where its value comes from
 * @param secrets names of the settings that are secrets
 * @param host where the listeners are asked
 * @param stateFolder of the gateway
 * @param adminToken of the admin API
 * @param evidence of other places that an operator names
 */
public record HardeningTarget(
        Configuration settings,
        Map<String, String> sources,
        Set<String> secrets,
        String host,
        Path stateFolder,
        Optional<SecretBytes> adminToken,
        Elsewhere evidence) {

    /**
     * Things that cannot be seen from the gateway.
     *
     * @param manifests file or folder of rendered manifests, or one that kubectl renders
     * @param realm export of the Keycloak realm
     * @param prometheus base URL
     * @param scanReport JSON of an image scan
     * @param repository a git work tree
     */
    public record Elsewhere(
            Optional<Path> manifests,
            Optional<Path> realm,
            Optional<URI> prometheus,
            Optional<Path> scanReport,
            Optional<Path> repository) {
        public static final Elsewhere NONE =
                new Elsewhere(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** 0 while the gateway has no certificate. */
    int tlsPort() {
        return settings.isSet("STOA_TLS__CERT_FILE") ? settings.port("STOA_TLS__PORT") : 0;
    }

    int plainPort() {
        return settings.port("STOA_PORT");
    }

    HttpProbe secure() {
        return HttpProbe.secure(host, tlsPort());
    }

    HttpProbe plain() {
        return HttpProbe.plain(host, plainPort());
    }

    /** The listener that callers use. */
    HttpProbe front() {
        return tlsPort() == 0 ? plain() : secure();
    }

    /** Where the admin API answers. */
    HttpProbe admin() {
        int own = settings.port("STOA_ADMIN_PORT");
        return own == 0 ? front() : HttpProbe.plain("127.0.0.1", own);
    }
}
