package bulwark.gateway.feed;

import bulwark.gateway.secret.CurrentSecrets;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of the control plane, read once. Immutable.
 *
 * @param url without a slash at its end
 * @param key for {@code X-Gateway-Key}, asked at each call
 * @param pinned public keys that may sign snapshots, base64url
 * @param advertised URL that the control plane is told; empty for none
 * @param registers whether the control plane is told host, mode and version
 * @param tls authorities of the control plane's certificate, and the certificate that it is shown
 */
public record FeedSettings(
        URI url,
        Supplier<SecretBytes> key,
        List<String> pinned,
        Duration heartbeatInterval,
        String advertised,
        boolean registers,
        ClientTls tls) {
    static final String KEYS = "STOA_CONTROL_PLANE_KEYS";

    private static final String URL = "STOA_CONTROL_PLANE_URL";
    private static final String KEY = "STOA_CONTROL_PLANE_API_KEY";
    private static final String AUTHORITIES = "STOA_CONTROL_PLANE_CA_FILE";
    private static final String CERTIFICATE = "STOA_CONTROL_PLANE_CLIENT_CERT_FILE";
    private static final String CERTIFICATE_KEY = "STOA_CONTROL_PLANE_CLIENT_KEY_FILE";
    private static final String INTERVAL = "STOA_HEARTBEAT_INTERVAL_SECS";
    private static final int KEY_BYTES = 32;

    public FeedSettings {
        pinned = List.copyOf(pinned);
    }

    /**
     * Empty when no control plane is set.
     *
     * @param directory that relative paths of settings start from
     * @throws bulwark.kernel.tls.TlsRefused when the files cannot be used
     */
    public static Optional<FeedSettings> of(
            Configuration settings, CurrentSecrets secrets, Path directory, Clock clock) {
        if (settings.text(URL).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new FeedSettings(
                URI.create(settings.text(URL).replaceAll("/+$", "")),
                () -> secrets.get(KEY).orElseThrow(),
                settings.list(KEYS),
                Duration.ofSeconds(settings.count(INTERVAL)),
                settings.text("STOA_ADVERTISE_URL"),
                settings.flag("STOA_AUTO_REGISTER"),
                tls(settings, directory, clock)));
    }

    private static ClientTls tls(Configuration settings, Path directory, Clock clock) {
        ClientTls.Files files = new ClientTls.Files(
                path(settings, CERTIFICATE, directory),
                path(settings, CERTIFICATE_KEY, directory),
                path(settings, AUTHORITIES, directory));
        return ClientTls.load(files, ClientTls.Servers.TRUSTED, TlsPolicy.publicServer(), clock);
    }

    private static @Nullable ConfiguredPath path(Configuration settings, String name, Path directory) {
        return settings.isSet(name) ? new ConfiguredPath(directory.resolve(settings.text(name)), name) : null;
    }

    /** Every fault, each with its remedy. */
    public static void check(Configuration settings, SettingFindings findings) {
        String url = settings.text(URL);
        if (url.isEmpty()) {
            if (settings.secret(KEY).isPresent() || settings.isSet(KEYS)) {
                findings.refuse(KEY + " and " + KEYS + " are for a control plane, and " + URL + " names none; set it");
            }
            return;
        }
        checkUrl(url, findings);
        if (settings.isSet(CERTIFICATE) != settings.isSet(CERTIFICATE_KEY)) {
            findings.refuse(CERTIFICATE + " and " + CERTIFICATE_KEY + " go together; set both or none");
        }
        if (url.startsWith("http:") && (settings.isSet(CERTIFICATE) || settings.isSet(AUTHORITIES))) {
            findings.refuse(URL + " is plain HTTP, where " + CERTIFICATE + " and " + AUTHORITIES
                    + " have no effect; use https, or leave them out");
        }
        if (settings.secret(KEY).isEmpty()) {
            findings.refuse(URL + " is set and " + KEY
                    + " is not; the control plane gives the key when the gateway is added there");
        }
        if (settings.list(KEYS).isEmpty()) {
            findings.refuse(URL + " is set and " + KEYS
                    + " names no key; set it to the snapshot_keys that the control plane gave with the gateway's key");
        }
        for (String key : settings.list(KEYS)) {
            if (Base64Url.exactly(KEY_BYTES, key).isEmpty()) {
                findings.refuse(
                        KEYS + " holds something that is no Ed25519 key in base64url; copy it from snapshot_keys");
            }
        }
        if (settings.count(INTERVAL) == 0) {
            findings.refuse(INTERVAL + " must be 1 or more");
        }
    }

    private static void checkUrl(String url, SettingFindings findings) {
        try {
            URI uri = new URI(url);
            boolean plain = "http".equals(uri.getScheme());
            if (uri.getHost() == null || (!plain && !"https".equals(uri.getScheme())) || uri.getUserInfo() != null) {
                findings.refuse(URL + " must be a URL such as https://control.example:8000");
            } else if (plain && !Loopback.isLoopback(uri.getHost())) {
                findings.refuse(URL + " is plain HTTP, and the gateway's key would travel in plaintext; use https");
            }
        } catch (URISyntaxException e) {
            findings.refuse(URL + " must be a URL such as https://control.example:8000");
        }
    }
}
