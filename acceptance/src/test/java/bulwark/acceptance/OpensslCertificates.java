package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A CA and leaves made with openssl, as step 1 of the tutorial makes them. */
record OpensslCertificates(Path directory) {
    static OpensslCertificates in(Path directory) throws Exception {
        Files.createDirectories(directory);
        OpensslCertificates made = new OpensslCertificates(directory);
        made.authority("ca");
        made.leaf("node", "ca", "stigmem://your-org.example.com/nodes/primary", 90);
        made.leaf("client", "ca", "stigmem://your-org.example.com/nodes/second", 90);
        return made;
    }

    void authority(String name) throws Exception {
        openssl(
                "openssl genpkey -algorithm ed25519 -out %1$s.key && openssl req -new -x509 -key %1$s.key -out %1$s.crt -days 3650 -subj '/CN=%1$s'"
                        .formatted(name));
    }

    /** @param days may be zero or less for a certificate that is over */
    void leaf(String name, String authority, String uri, int days) throws Exception {
        String validity = days > 0 ? "-days " + days : "-not_before 20200101000000Z -not_after 20200102000000Z";
        String sign = days > 0
                ? "openssl x509 -req -in %1$s.csr -CA %2$s.crt -CAkey %2$s.key -CAcreateserial -out %1$s.crt %4$s -extfile <(echo subjectAltName=URI:%3$s)"
                : "mkdir -p db-%1$s && touch db-%1$s/index && openssl ca -batch -notext -config <(printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=db-%1$s/index\\nnew_certs_dir=db-%1$s\\nrand_serial=yes\\ndefault_md=default\\npolicy=p\\n[p]\\ncommonName=supplied\\n') -in %1$s.csr -cert %2$s.crt -keyfile %2$s.key -out %1$s.crt -startdate 20200101000000Z -enddate 20200102000000Z -extfile <(echo subjectAltName=URI:%3$s)";
        openssl(
                ("openssl genpkey -algorithm ed25519 -out %1$s.key && openssl req -new -key %1$s.key -out %1$s.csr -subj '/CN=%1$s' && "
                                + sign)
                        .formatted(name, authority, uri, validity));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    Map<String, String> settings() {
        return Map.of(
                "STIGMEM_HOST", "127.0.0.1",
                "STIGMEM_TLS_CERT_PATH", file("node.crt").toString(),
                "STIGMEM_TLS_KEY_PATH", file("node.key").toString(),
                "STIGMEM_TLS_CA_BUNDLE", file("ca.crt").toString());
    }

    private void openssl(String script) throws Exception {
        Shell.Outcome outcome = Shell.bash(directory, Map.of(), Duration.ofSeconds(30), "set -e; " + script);
        assertThat(outcome.exitCode()).as(script + "\n" + outcome.err()).isZero();
    }
}
