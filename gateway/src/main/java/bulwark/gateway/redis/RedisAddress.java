package bulwark.gateway.redis;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.secrets.SecretBytes;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how to enter: {@code redis[s]://[[user]:password@]host[:port][/database]}, user and password percent-encoded.
 *
 * @param isSecured over TLS
 */
record RedisAddress(
        String host,
        int port,
        int database,
        @Nullable String user,
        @Nullable SecretBytes password,
        boolean isSecured) {
    private static final int DEFAULT_PORT = 6379;

    /** @throws ConfigurationRefused with a sentence that quotes nothing of the URL */
    static RedisAddress parse(String url) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw refused("is not well-formed; percent-encode special characters of the password");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        boolean secured = scheme.equalsIgnoreCase("rediss");
        if (!secured && !scheme.equalsIgnoreCase("redis")) {
            throw refused("must begin with redis:// or rediss://");
        }
        if (uri.getRawAuthority() != null && uri.getHost() == null) {
            throw refused("names no valid host");
        }
        String info = uri.getRawUserInfo();
        int colon = info == null ? -1 : info.indexOf(':');
        String secret = info == null ? "" : decoded(info.substring(colon + 1));
        return new RedisAddress(
                uri.getHost() == null ? "localhost" : uri.getHost().replaceAll("^\\[|\\]$", ""),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                database(uri.getPath()),
                info == null || colon <= 0 ? null : decoded(info.substring(0, colon)),
                secret.isEmpty() ? null : SecretBytes.ofText(secret),
                secured);
    }

    RedisAddress withPassword(SecretBytes other) {
        return new RedisAddress(host, port, database, user, other, isSecured);
    }

    private static int database(@Nullable String path) {
        String number = path == null || path.length() < 2 ? "0" : path.substring(1);
        try {
            int database = Integer.parseInt(number);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw refused("ends in a path that is no database number; write redis://host:6379/0");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused("has a broken percent sequence in user or password; write % as %25");
        }
    }

    private static ConfigurationRefused refused(String fault) {
        return new ConfigurationRefused(List.of(RedisSettings.URL + " " + fault));
    }

    @Override
    public String toString() {
        return (isSecured ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
    }
}
