package bulwark.gateway.route;

import bulwark.kernel.json.JsonFields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the {@code https} upstreams of one route. What it leaves out is as {@code STOA_UPSTREAM__*} has it for every route. Immutable.
 *
 * @param caFile the only authorities that vouch for the upstreams, PEM; a path in the folder of {@code STOA_UPSTREAM__TLS_DIR}, as the other files
 * @param clientCertFile certificate chain that the upstreams are shown, PEM
 * @param clientKeyFile its private key, PEM
 * @param serverName that the upstreams' certificates must hold, and that is sent to them (SNI); null for the host of their URL
 * @param only13 refuses upstreams that do not speak TLS 1.3
 */
public record RouteTls(
        @Nullable String caFile,
        @Nullable String clientCertFile,
        @Nullable String clientKeyFile,
        @Nullable String serverName,
        boolean only13) {
    /** Nothing of its own. */
    public static final RouteTls STANDARD = new RouteTls(null, null, null, null, false);

    /** Of a route. */
    public static final String FIELD = "upstream_tls";

    private static final int MAX_PATH = 200;
    private static final int MAX_HOST = 253;
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
    private static final Pattern HOST = Pattern.compile(
            "(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

    /** Whether each file that it names lies in the folder of this tenant, so that no tenant's route shows the certificate of another. */
    public boolean isWithin(String tenant) {
        return Stream.of(caFile, clientCertFile, clientKeyFile)
                .allMatch(file -> file == null || file.startsWith(tenant + "/"));
    }

    /** Whether it names files of this machine. */
    public boolean namesFiles() {
        return caFile != null || clientCertFile != null;
    }

    static RouteTls read(JsonFields route) {
        return route.object(FIELD)
                .map(fields -> {
                    RouteTls read = new RouteTls(
                            file(fields, "ca_file"),
                            file(fields, "client_cert_file"),
                            file(fields, "client_key_file"),
                            serverName(fields),
                            only13(fields));
                    if (read.clientCertFile == null && read.clientKeyFile != null) {
                        fields.fault("client_cert_file", "must be given beside client_key_file");
                    }
                    if (read.clientCertFile != null && read.clientKeyFile == null) {
                        fields.fault("client_key_file", "must be given beside client_cert_file");
                    }
                    fields.end();
                    return read;
                })
                .orElse(STANDARD);
    }

    private static @Nullable String file(JsonFields fields, String name) {
        String path = fields.optionalText(name, MAX_PATH);
        if (path != null
                && !Arrays.stream(path.split("/", -1))
                        .allMatch(part -> FILE_NAME.matcher(part).matches())) {
            fields.fault(
                    name,
                    "must be the path of a file in the folder of STOA_UPSTREAM__TLS_DIR, of A-Z, a-z, 0-9, '.', '_', '-' and '/'");
        }
        return path;
    }

    private static @Nullable String serverName(JsonFields fields) {
        String name = fields.optionalText("server_name", MAX_HOST);
        if (name != null && !HOST.matcher(name).matches()) {
            fields.fault("server_name", "must be a host name, and no address");
        }
        return name;
    }

    private static boolean only13(JsonFields fields) {
        String version = fields.text("min_version", 8, "1.2");
        if (!version.equals("1.2") && !version.equals("1.3")) {
            fields.fault("min_version", "must be one of 1.2, 1.3");
        }
        return version.equals("1.3");
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "ca_file", caFile);
        put(fields, "client_cert_file", clientCertFile);
        put(fields, "client_key_file", clientKeyFile);
        put(fields, "server_name", serverName);
        fields.put("min_version", only13 ? "1.3" : "1.2");
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
