package bulwark.tasks.redis;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code redis[s]://[[user]:password@]host[:port][/database]}, user and password percent-encoded. Prints without them. */
record RedisUrl(
        boolean tls,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        int database) {
    private static final int DEFAULT_PORT = 6379;

    /** @throws ConfigurationRefused with a sentence that quotes nothing of the URL */
    static RedisUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw refused("is not well-formed; percent-encode special characters of the password");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        boolean tls = scheme.equalsIgnoreCase("rediss");
        if (!tls && !scheme.equalsIgnoreCase("redis")) {
            throw refused("must begin with redis:// or rediss://");
        }
        if (uri.getRawUserInfo() == null && uri.getRawAuthority() != null && uri.getHost() == null) {
            throw refused("names no valid host");
        }
        String info = uri.getRawUserInfo();
        int colon = info == null ? -1 : info.indexOf(':');
        String user = info == null || colon <= 0 ? null : decode(info.substring(0, colon));
        String password = info == null ? null : decode(info.substring(colon + 1));
        return new RedisUrl(
                tls,
                uri.getHost() == null ? "localhost" : uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                user,
                password == null || password.isEmpty() ? null : password,
                database(uri.getPath()));
    }

    private static int database(@Nullable String path) {
        String first =
                path == null || path.length() < 2 ? "" : path.substring(1).split("/", -1)[0];
        try {
            int database = first.isEmpty() ? 0 : Integer.parseInt(first);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw refused("ends in a path that is no database number; write redis://host:6379/0");
    }

    private static String decode(String text) {
        try {
            // A plus sign in a URL's user info is a plus sign.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused("has a broken percent sequence in user or password; write % as %25");
        }
    }

    private static ConfigurationRefused refused(String fault) {
        return new ConfigurationRefused(List.of("the Redis URL " + fault));
    }

    String address() {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + address() + "/" + database;
    }
}
