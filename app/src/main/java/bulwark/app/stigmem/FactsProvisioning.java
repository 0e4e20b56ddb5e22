package bulwark.app.stigmem;

import bulwark.app.up.ChildSpec;
import bulwark.app.up.EnvironmentFile;
import bulwark.app.up.LocalService;
import bulwark.app.up.ProvisionedPart;
import bulwark.kernel.config.DotEnv;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fact node's folder under {@code up}: a local CA and certificate, and an owner-only {@code .env} with its secrets.
 *
 * @param newAdminKey the admin key when this start made it, else null: it is shown once
 */
record FactsProvisioning(
        Path directory,
        int plainPort,
        int tlsPort,
        @Nullable String newAdminKey) implements ProvisionedPart {
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(90);
    static final String AUTHORITY = "Bulwark local CA";
    static final String NODE = "node";
    static final String FRONT = "front";
    static final String DOCTOR = "doctor";
    private static final List<String> PATHS = List.of("/v1", "/.well-known/stigmem-manifest.json", "/healthz");

    static FactsProvisioning openOrCreate(Path directory, int portBase, Clock clock) throws IOException {
        OwnerOnlyFiles.createDirectories(directory);
        int tlsPort = portBase + 765;
        String adminKey = EnvironmentFile.createOnce(directory, key -> firstEnvironment(directory, key, tlsPort))
                .orElse(null);
        issueCertificates(directory.resolve("tls"), entity(directory, tlsPort), clock);
        return new FactsProvisioning(directory, portBase, tlsPort, adminKey);
    }

    private static String nodeUrl(int tlsPort) {
        return "https://localhost:" + tlsPort;
    }

    /** The certificate names whom the manifest speaks of, also after the ports were moved: the node keeps the URL of its first start. */
    static String entity(Path directory, int tlsPort) throws IOException {
        return DotEnv.parse(Files.readString(EnvironmentFile.in(directory)))
                .values()
                .getOrDefault("STIGMEM_NODE_URL", nodeUrl(tlsPort));
    }

    /** A local CA that lasts, and at each start fresh certificates of the node, of what stands before it, and of the doctor that looks at it. */
    static void issueCertificates(Path tls, String nodeUrl, Clock clock) {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(tls, AUTHORITY, clock);
        authority.issue(NODE, node(nodeUrl), CERTIFICATE_VALIDITY);
        issueFront(authority);
        authority.issue(DOCTOR, client(DOCTOR), CERTIFICATE_VALIDITY);
    }

    /** Of what stands before the node. */
    static void issueFront(CertificateAuthority authority) {
        authority.issue(FRONT, client(FRONT), CERTIFICATE_VALIDITY);
    }

    static CertificateSubject node(String nodeUrl) {
        return new CertificateSubject(NODE, nodeUrl, List.of("localhost"), true, true);
    }

    static CertificateSubject client(String name) {
        return new CertificateSubject(name, "stigmem://localhost/clients/" + name, List.of(), false, true);
    }

    static TlsFiles tlsFiles(Path tls) {
        return new TlsFiles(tls.resolve("node.crt"), tls.resolve("node.key"), tls.resolve("ca.crt"));
    }

    private static String firstEnvironment(Path directory, String adminKey, int tlsPort) {
        TlsFiles tls = tlsFiles(directory.resolve("tls"));
        return """
                # The fact node's own settings. Owner-only: it holds the admin key.
                STIGMEM_ADMIN_KEY=%s
                STIGMEM_NODE_URL=%s
                STIGMEM_TLS_CERT_PATH=%s
                STIGMEM_TLS_KEY_PATH=%s
                STIGMEM_TLS_CA_BUNDLE=%s
                """.formatted(
                        adminKey,
                        nodeUrl(tlsPort),
                        tls.certificate().path(),
                        tls.privateKey().path(),
                        tls.caBundle());
    }

    /** What changes from start to start; nothing secret. */
    private Map<String, String> environment() {
        return Map.of(
                "STIGMEM_HOST", "127.0.0.1",
                "STIGMEM_PORT", Integer.toString(tlsPort),
                "STIGMEM_LOCAL_HTTP_PORT", Integer.toString(plainPort));
    }

    @Override
    public List<ChildSpec> children() {
        return List.of(new ChildSpec(
                "fact node",
                "facts",
                directory,
                environment(),
                List.of("stigmem-node"),
                ChildSpec.Confinement.NONE,
                directory.resolve("stigmem.db.run.json"),
                ChildSpec.Readiness.RUN_FILE,
                ChildSpec.Order.FIRST,
                "After a disk fault run: bin/stigmem fsck --db " + FactsPart.store(directory)));
    }

    @Override
    public List<LocalService> services() {
        Path tls = directory.resolve("tls");
        return List.of(new LocalService(
                "facts",
                nodeUrl(tlsPort),
                PATHS,
                tls.resolve(FRONT + ".crt"),
                tls.resolve(FRONT + ".key"),
                tls.resolve("ca.crt")));
    }

    @Override
    public List<String> welcome() {
        String base = "http://localhost:" + plainPort;
        List<String> lines = new ArrayList<>(List.of(
                "",
                "  facts   " + base + "   (API keys)      https://localhost:" + tlsPort + "   (mutual TLS)",
                "  state   " + directory,
                ""));
        lines.addAll(
                newAdminKey == null
                        ? List.of(
                                "  The admin key was shown at the first start; it is kept in "
                                        + EnvironmentFile.in(directory),
                                "  export STIGMEM_ADMIN_KEY=…")
                        : List.of("  The admin key, shown once:", "  export STIGMEM_ADMIN_KEY=" + newAdminKey));
        lines.addAll(List.of("", "  Three things to try in another terminal:"));
        tryThis(base).forEach(line -> lines.add("    " + line));
        lines.add("");
        return lines;
    }

    static List<String> tryThis(String base) {
        return List.of(
                "# 1. assert a fact",
                "curl -s " + base
                        + "/v1/facts -H \"Authorization: Bearer $STIGMEM_ADMIN_KEY\" -H 'Content-Type: application/json' \\",
                "  -d '{\"entity\":\"stigmem://demo/team/blue\",\"relation\":\"memory:prefers\",\"value\":\"tea over coffee\",\"scope\":\"company\"}'",
                "# 2. recall it with its proof",
                "curl -s " + base
                        + "/v1/recall -H \"Authorization: Bearer $STIGMEM_ADMIN_KEY\" -H 'Stigmem-Verify: full' -H 'Content-Type: application/json' \\",
                "  -d '{\"query\":\"tea\",\"scope\":\"company\"}'",
                "# 3. read the audit log (needs audit.read)",
                "AUDIT_KEY=$(curl -s " + base
                        + "/v1/admin/api-keys -H \"Authorization: Bearer $STIGMEM_ADMIN_KEY\" -H 'Content-Type: application/json' \\",
                "  -d '{\"entity_uri\":\"stigmem://demo/siem\",\"permissions\":[\"audit.read\"]}' | sed 's/.*\"key\":\"\\([^\"]*\\)\".*/\\1/')",
                "curl -s \"" + base + "/v1/admin/audit?limit=10\" -H \"Authorization: Bearer $AUDIT_KEY\"");
    }
}
