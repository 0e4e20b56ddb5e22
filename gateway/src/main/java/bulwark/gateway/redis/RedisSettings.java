package bulwark.gateway.redis;

import static bulwark.kernel.config.Setting.Kind.PATH;

import bulwark.gateway.secret.CurrentSecrets;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ClientTls;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Redis of the settings. User, password and host may change while the gateway runs and count for new connections; whether it is TLS is decided at the start. */
public final class RedisSettings {
    public static final String URL = "STOA_REDIS_URL";
    private static final String PASSWORD = "STOA_REDIS_PASSWORD";
    private static final String ORDER_KEY = "STOA_REDIS_ORDER_KEY";
    private static final int MIN_KEY_LENGTH = 32;
    private static final String AUTHORITIES = "STOA_REDIS__CA_FILE";
    private static final String CERTIFICATE = "STOA_REDIS__CLIENT_CERT_FILE";
    private static final String KEY = "STOA_REDIS__CLIENT_KEY_FILE";

    private RedisSettings() {}

    public static void add(SettingsTable table) {
        table.secret(
                        "REDIS_URL",
                        "Redis that gateways share quotas and replay stores through: redis[s]://[[user]:password@]host[:port][/database]")
                .secret("REDIS_PASSWORD", "its password, in place of one in the URL")
                .secret(
                        "REDIS_ORDER_KEY",
                        "key that the gateways of one Redis share, 32 characters or more: revocations there count only with its MAC, and any gateway can take one back; unset: whatever can write to that Redis can revoke")
                .add(
                        "REDIS__CA_FILE",
                        PATH,
                        "",
                        "the only CAs that vouch for a rediss:// server, PEM; unset: those of the system")
                .add("REDIS__CLIENT_CERT_FILE", PATH, "", "certificate chain that the gateway shows that server, PEM")
                .add("REDIS__CLIENT_KEY_FILE", PATH, "", "private key of that certificate, PEM");
    }

    /** What the settings of Redis must be. No sentence quotes a value. */
    public static void check(Configuration settings, SettingFindings findings) {
        Optional<SecretBytes> url = settings.secret(URL);
        boolean secured = false;
        if (url.isPresent()) {
            try {
                secured = RedisAddress.parse(url.get().exposeText(SecretAccess.grant()))
                        .isSecured();
            } catch (Configuration.ConfigurationRefused e) {
                findings.refuse(String.valueOf(e.getMessage()));
                return;
            }
        } else if (settings.secret(PASSWORD).isPresent()) {
            findings.refuse(PASSWORD + " is set and " + URL + " is not; set both, or neither");
        }
        settings.secret(ORDER_KEY)
                .filter(key -> key.length() < MIN_KEY_LENGTH)
                .ifPresent(key -> findings.refuse(ORDER_KEY + " must have " + MIN_KEY_LENGTH
                        + " characters or more; openssl rand -hex 32 makes one"));
        if (settings.isSet(CERTIFICATE) != settings.isSet(KEY)) {
            findings.refuse(CERTIFICATE + " and " + KEY + " go together; set both or none");
        }
        for (String name : new String[] {AUTHORITIES, CERTIFICATE}) {
            if (settings.isSet(name) && !secured) {
                findings.refuse(name + " is for Redis over TLS; begin " + URL + " with rediss://, or leave it out");
            }
        }
    }

    /** Whether the URL itself holds a password. */
    public static boolean holdsPassword(SecretBytes url) {
        return url.exposeText(SecretAccess.grant()).contains("@");
    }

    /**
     * Null where no Redis is named. Connects to nothing yet.
     *
     * @throws bulwark.kernel.tls.TlsRefused when the files of TLS cannot be used
     */
    public static @Nullable SharedRedis of(
            Configuration settings, CurrentSecrets secrets, Path directory, Clock clock) {
        if (settings.secret(URL).isEmpty()) {
            return null;
        }
        ClientTls.Files files = new ClientTls.Files(
                path(settings, CERTIFICATE, directory),
                path(settings, KEY, directory),
                path(settings, AUTHORITIES, directory));
        return SharedRedis.following(() -> address(secrets), files, clock).vouchedBy(() -> secrets.get(ORDER_KEY));
    }

    private static RedisAddress address(CurrentSecrets secrets) {
        RedisAddress address = RedisAddress.parse(secrets.get(URL).orElseThrow().exposeText(SecretAccess.grant()));
        return secrets.get(PASSWORD).map(address::withPassword).orElse(address);
    }

    private static @Nullable ConfiguredPath path(Configuration settings, String name, Path directory) {
        return settings.isSet(name) ? new ConfiguredPath(directory.resolve(settings.text(name)), name) : null;
    }
}
