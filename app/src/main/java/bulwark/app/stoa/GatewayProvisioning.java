package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.EnvironmentFile;
import bulwark.app.up.LocalService;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.ProvisionedPart;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The gateway's folder under {@code up}: a CA of P-256 and a certificate that browsers accept, an admin token in a file of its own, and {@code config.yaml} with what changes from start to
 * start. The gateway stands before the services of the other parts and shows them the client certificate that each made for it.
 */
final class GatewayProvisioning implements ProvisionedPart {
    static final List<String> COMMAND = List.of("stoa", "gateway");

    static final String NAME = "gateway";
    private static final String ADMIN_TOKEN = "admin-token";
    static final String STATE = "state";
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(90);
    private static final List<String> HOSTS = List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");

    private final Path directory;
    private final int portBase;
    private List<LocalService> services = List.of();

    private GatewayProvisioning(Path directory, int portBase) {
        this.directory = directory;
        this.portBase = portBase;
    }

    static GatewayProvisioning openOrCreate(Path directory, int portBase, Clock clock) throws IOException {
        OwnerOnlyFiles.createDirectories(directory);
        CertificateAuthority.openOrCreate(tls(directory), "Bulwark gateway CA", CertificateKey.P256, clock)
                .issue(NAME, subject(), CERTIFICATE_VALIDITY);
        EnvironmentFile.createOnce(directory, token -> firstEnvironment(directory, token));
        GatewayProvisioning provisioned = new GatewayProvisioning(directory, portBase);
        provisioned.writeConfiguration();
        return provisioned;
    }

    static List<NamedExpiry> expiries(Path directory) throws IOException {
        return List.of(NamedExpiry.ofCertificate(
                "the gateway's certificate",
                tls(directory).resolve(NAME + ".crt"),
                "Restart ./bulwark up, which issues a new one at each start."));
    }

    static CertificateSubject subject() {
        return new CertificateSubject("localhost", null, HOSTS, true, false);
    }

    static Path tls(Path directory) {
        return directory.resolve("tls");
    }

    /** The token stands in a file, so that no environment and no listing of settings ever holds it. */
    private static String firstEnvironment(Path directory, String token) {
        try {
            OwnerOnlyFiles.write(directory.resolve(ADMIN_TOKEN), (token + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return """
                # The gateway's own settings; they win over config.yaml. No secret stands here: the admin token is in its file.
                STOA_ADMIN_API_TOKEN_FILE=%s
                STOA_SSRF__ALLOWED_HOSTS=localhost
                STOA_QUOTA_DEFAULT_RATE_PER_MINUTE=600
                STOA_QUOTA_DEFAULT_DAILY_LIMIT=100000
                """.formatted(ADMIN_TOKEN);
    }

    @Override
    public void standBefore(List<LocalService> all) throws IOException {
        services = List.copyOf(all);
        writeConfiguration();
    }

    private void writeConfiguration() throws IOException {
        String text = """
                # Written by ./bulwark up at each start. Put what you want to change into .env.
                host: 127.0.0.1
                port: %d
                admin_port: %d
                gateway_external_url: %s
                state_dir: %s
                tls:
                  port: %d
                  cert_file: tls/gateway.crt
                  key_file: tls/gateway.key
                """.formatted(portBase + 80, portBase + 81, url(), STATE, portBase + 443);
        for (LocalService service : services) {
            text += """
                    upstream:
                      ca_file: "%s"
                      client_cert_file: "%s"
                      client_key_file: "%s"
                    """.formatted(service.authority(), service.certificate(), service.privateKey());
        }
        OwnerOnlyFiles.write(directory.resolve("config.yaml"), text.getBytes(StandardCharsets.UTF_8));
    }

    private String url() {
        return "https://localhost:" + (portBase + 443);
    }

    @Override
    public List<ChildSpec> children() {
        return List.of(new ChildSpec(
                NAME,
                NAME,
                directory,
                Map.of(),
                COMMAND,
                ChildSpec.Confinement.NONE,
                directory.resolve(STATE).resolve(GatewayCommand.PID_FILE),
                ChildSpec.Readiness.PID_FILE,
                ChildSpec.Order.FIRST,
                "Its settings are in " + directory + "; look at them with: (cd " + directory + " && " + program()
                        + " gateway --show-config)"));
    }

    /** Routes to the services, over the admin API as an operator would. */
    @Override
    public void afterStart(CommandContext context) throws IOException, InterruptedException {
        CommandContext own =
                new CommandContext(Map.of(), directory, context.in(), context.out(), context.err(), context.clock());
        new LocalRoutes(directory.resolve("routes-made"), services).make(new AdminConnection(own));
    }

    @Override
    public List<String> welcome() {
        String ca = tls(directory).resolve("ca.crt").toString();
        String curl = "curl -s --cacert '" + ca + "' " + url();
        String here = "(cd '" + directory + "' && '" + program() + "' ";
        return List.of(
                "  gateway " + url() + "   (TLS, certificates of " + ca + ")   http://localhost:" + (portBase + 80)
                        + " redirects to it",
                "    it stands before the fact node: the same paths, over TLS; and /facts for callers with a token of the gateway's own",
                "    # 1. the fact node through the gateway",
                "    " + curl + "/.well-known/stigmem-manifest.json",
                "    # 2. a governed call with a token of five minutes, and why the gateway let it through",
                "    TRACE=$(" + curl + "/facts/healthz -o /dev/null -D - -H \"Authorization: Bearer $" + here
                        + "token issue --role devops --tenant default --for 5m)\" | tr -d '\\r' | awk 'tolower($1) == \"x-stoa-trace-id:\" { print $2 }')",
                "    " + here + "explain \"$TRACE\")",
                "    # 3. the boxes of the hardening page, as far as they are visible from here",
                "    " + here + "hardening check)",
                "");
    }

    private static String program() {
        return Path.of(System.getProperty("bulwark.repository", ""))
                .toAbsolutePath()
                .resolve("bin/stoa")
                .toString();
    }
}
