package bulwark.kernel.postgresql;

import bulwark.kernel.config.Loopback;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.StoreRefused;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and who asks: {@code postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&sslmode=verify-full}, the form of
 * <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">libpq's URIs</a> with the parameter
 * {@code schema} of common object-relational mappers. User, password and database are percent-encoded. Prints without the password. Immutable.
 *
 * @param host a name, or an address without brackets
 * @param schema in which the tables are, {@code public} unless said
 * @param verified whether the server must prove its name by a certificate; false on loopback alone
 * @param rootCertificate file of the authority that must have signed it, PEM; null for those that the Java runtime trusts
 * @param connections for reading, at most; one more writes
 */
public record PostgresUrl(
        String host,
        int port,
        String database,
        String user,
        SecretBytes password,
        String schema,
        boolean verified,
        @Nullable String rootCertificate,
        int connections) {
    private static final int DEFAULT_PORT = 5432;
    private static final int DEFAULT_CONNECTIONS = 8;
    private static final int MAX_CONNECTIONS = 200;
    private static final Pattern SCHEME = Pattern.compile("postgres(ql)?://.*", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Set<String> PARAMETERS = Set.of("schema", "sslmode", "sslrootcert", "connection_limit");

    /** Whether a text is meant as such a URL. */
    public static boolean isOne(String text) {
        return SCHEME.matcher(text).matches();
    }

    /**
     * @param setting name of the setting, for sentences
     * @throws StoreRefused with a sentence that repeats neither URL nor password
     */
    public static PostgresUrl parse(String text, String setting) {
        try {
            return new Reader(setting).read(new URI(text));
        } catch (URISyntaxException e) {
            throw new StoreRefused(setting + " is not a URL, at character " + (e.getIndex() + 1)
                    + ": write postgresql://USER:PASSWORD@HOST:PORT/DATABASE and percent-encode what is special in user"
                    + " and password.");
        }
    }

    /** For sentences: database, host and port. */
    public String name() {
        return "PostgreSQL database " + database + " on " + host + ":" + port;
    }

    /** The same database with the credential of another URL. */
    public PostgresUrl as(PostgresUrl credential) {
        return new PostgresUrl(
                host,
                port,
                database,
                credential.user,
                credential.password,
                schema,
                verified,
                rootCertificate,
                connections);
    }

    String jdbc() {
        return "jdbc:postgresql://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/"
                + java.net.URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return name() + " as " + user;
    }

    /** One reading of a URL. */
    private record Reader(String setting) {
        PostgresUrl read(URI url) {
            if (!isOne(url.toString()) || url.getHost() == null) {
                throw refused("names no server: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
            }
            String host = url.getHost().replaceAll("^\\[|]$", "");
            String path = url.getRawPath() == null ? "" : url.getRawPath();
            String database = decoded(path.replaceFirst("^/", ""), "the database");
            if (database.isEmpty() || database.contains("/") || url.getRawFragment() != null) {
                throw refused("must name one database behind the port, and nothing behind a #.");
            }
            String[] credential = url.getRawUserInfo() == null
                    ? new String[] {""}
                    : url.getRawUserInfo().split(":", 2);
            String user = decoded(credential[0], "the user");
            if (user.isEmpty()) {
                throw refused("names no user.");
            }
            Map<String, String> parameters = parameters(url.getRawQuery());
            String schema = parameters.getOrDefault("schema", "public");
            if (!NAME.matcher(schema).matches()) {
                throw refused("must name a schema of lower-case letters, digits and underscores.");
            }
            return new PostgresUrl(
                    host,
                    url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
                    database,
                    user,
                    SecretBytes.ofText(credential.length == 2 ? decoded(credential[1], "the password") : ""),
                    schema,
                    verified(host, parameters.get("sslmode")),
                    parameters.get("sslrootcert"),
                    connections(parameters.get("connection_limit")));
        }

        private boolean verified(String host, @Nullable String mode) {
            if ("verify-full".equals(mode)) {
                return true;
            }
            if (!Loopback.isLoopback(host)) {
                throw refused("must say sslmode=verify-full: without it anybody between here and " + host
                        + " reads the password and every row. Only a server on loopback is reached without.");
            }
            if (mode != null && !Set.of("disable", "allow", "prefer").contains(mode)) {
                throw refused("has a sslmode that is not carried out: verify-full, or disable on loopback.");
            }
            return false;
        }

        private int connections(@Nullable String text) {
            if (text == null) {
                return DEFAULT_CONNECTIONS;
            }
            if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_CONNECTIONS) {
                throw refused("must have a connection_limit from 1 to " + MAX_CONNECTIONS + ".");
            }
            return Integer.parseInt(text);
        }

        private Map<String, String> parameters(@Nullable String query) {
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                String name = decoded(parts[0], "a parameter");
                if (!PARAMETERS.contains(name)) {
                    throw refused("has a parameter that is not known; known are schema, sslmode, sslrootcert and"
                            + " connection_limit.");
                }
                if (parts.length != 2 || parameters.put(name, decoded(parts[1], name)) != null) {
                    throw refused("must give the parameter " + name + " one value.");
                }
            }
            return parameters;
        }

        /** A plus is a plus. */
        private String decoded(String text, String what) {
            try {
                String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
                if (decoded.indexOf('\0') < 0 && decoded.indexOf('\uFFFD') < 0) {
                    return decoded;
                }
            } catch (IllegalArgumentException e) {
                // Its message repeats the text.
            }
            throw refused("has a percent-encoding in " + what + " that stands for no text.");
        }

        private StoreRefused refused(String sentence) {
            return new StoreRefused(setting + " " + sentence);
        }
    }
}
