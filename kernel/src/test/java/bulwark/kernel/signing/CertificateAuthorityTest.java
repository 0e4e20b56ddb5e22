package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.process.FileRefused;
import bulwark.kernel.secrets.KeyRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checked with the openssl command, which every reader of our files may use. */
class CertificateAuthorityTest {
    @TempDir
    Path top;

    @Test
    void openssl_verifies_a_leaf_and_reads_its_names_and_key() throws Exception {
        Path directory = top.resolve("pki");
        CertificateAuthority authority = CertificateAuthority.openOrCreate(directory, "Bulwark CA", Clock.systemUTC());
        authority.issue("node", "https://node.example", List.of("localhost", "127.0.0.1"), Duration.ofDays(30));

        String leaf = directory.resolve("node.crt").toString();
        assertThat(openssl(
                        "verify",
                        "-x509_strict",
                        "-purpose",
                        "sslserver",
                        "-CAfile",
                        authority.certificate().toString(),
                        leaf))
                .contains("OK");
        assertThat(openssl(
                        "verify",
                        "-x509_strict",
                        "-purpose",
                        "sslclient",
                        "-CAfile",
                        authority.certificate().toString(),
                        leaf))
                .contains("OK");
        assertThat(openssl("x509", "-in", leaf, "-noout", "-text"))
                .contains("URI:https://node.example, DNS:localhost, IP Address:127.0.0.1")
                .contains("ED25519", "CA:FALSE", "TLS Web Server Authentication, TLS Web Client Authentication");
        assertThat(openssl("pkey", "-in", directory.resolve("node.key").toString(), "-pubout"))
                .isEqualTo(openssl("x509", "-in", leaf, "-noout", "-pubkey"));
        assertThat(openssl("x509", "-in", leaf, "-noout", "-checkend", "2505600"))
                .contains("will not expire");
    }

    @Test
    void a_leaf_without_hosts_has_the_uri_as_its_only_name() throws Exception {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(top.resolve("a"), "CA", Clock.systemUTC());
        authority.issue("peer", "stigmem://peer.example/node", List.of(), Duration.ofDays(1));

        assertThat(openssl("x509", "-in", top.resolve("a/peer.crt").toString(), "-noout", "-ext", "subjectAltName"))
                .contains("URI:stigmem://peer.example/node")
                .doesNotContain("DNS:", "IP Address:");
    }

    @Test
    void opening_again_keeps_the_authority() throws IOException {
        Path directory = top.resolve("b");
        Path certificate = CertificateAuthority.openOrCreate(directory, "CA", Clock.systemUTC())
                .certificate();
        byte[] first = Files.readAllBytes(certificate);
        CertificateAuthority.openOrCreate(directory, "another name", Clock.systemUTC())
                .issue("late", "https://x.example", List.of(), Duration.ofDays(1));

        assertThat(Files.readAllBytes(certificate)).isEqualTo(first);
        for (String file : List.of("ca.key", "late.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void an_authority_gives_way_to_another_and_the_bundle_holds_both_meanwhile() throws Exception {
        Path own = top.resolve("own");
        Path next = top.resolve("next");
        CertificateAuthority former = CertificateAuthority.openOrCreate(own, "CA", Clock.systemUTC());
        CertificateAuthority fresh = CertificateAuthority.openOrCreate(next, "CA", Clock.systemUTC());
        AuthorityBundle bundle = new AuthorityBundle(own.resolve("ca.crt"));
        assertThatThrownBy(() -> former.giveWayTo(next)).hasMessageContaining("does not belong");
        bundle.add(fresh.x509());
        bundle.add(fresh.x509());
        assertThat(bundle.certificates()).containsExactly(former.x509(), fresh.x509());
        assertThat(CertificateAuthority.openOrCreate(own, "CA", Clock.systemUTC())
                        .x509())
                .isEqualTo(former.x509());
        former.issue("old", "https://node.example", List.of(), Duration.ofDays(30));

        former.giveWayTo(next);

        CertificateAuthority now = CertificateAuthority.openOrCreate(own, "CA", Clock.systemUTC());
        assertThat(now.x509()).isEqualTo(fresh.x509());
        now.issue("new", "https://node.example", List.of(), Duration.ofDays(30));
        String file = own.resolve("ca.crt").toString();
        assertThat(openssl("verify", "-CAfile", file, own.resolve("old.crt").toString()))
                .contains("OK");
        assertThat(openssl("verify", "-CAfile", file, own.resolve("new.crt").toString()))
                .contains("OK");
        bundle.remove(former.x509());
        assertThat(bundle.certificates()).containsExactly(fresh.x509());
        assertThat(openssl("verify", "-CAfile", file, own.resolve("new.crt").toString()))
                .contains("OK");
        assertThatThrownBy(() -> bundle.remove(fresh.x509())).hasMessageContaining("would hold no authority");
    }

    @Test
    void a_key_that_belongs_to_another_certificate_or_lies_open_is_refused() throws IOException {
        CertificateAuthority.openOrCreate(top.resolve("c"), "CA", Clock.systemUTC());
        CertificateAuthority.openOrCreate(top.resolve("d"), "CA", Clock.systemUTC());
        Path key = top.resolve("c/ca.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused(top.resolve("c"), "chmod 600");

        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.write(key, Files.readAllBytes(top.resolve("d/ca.key")));
        assertRefused(top.resolve("c"), "does not belong");

        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n");
        assertRefused(top.resolve("c"), "damaged");
    }

    @Test
    void a_name_that_leaves_the_directory_or_replaces_the_authority_is_refused() {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(top.resolve("e"), "CA", Clock.systemUTC());

        for (String name : List.of("../x", "a/b", "", "ca", ".hidden")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> authority.issue(name, "https://x.example", List.of(), Duration.ofDays(1)));
        }
    }

    private static void assertRefused(Path directory, String words) {
        assertThatThrownBy(() -> CertificateAuthority.openOrCreate(directory, "CA", Clock.systemUTC()))
                .isInstanceOfAny(KeyRefused.class, FileRefused.class)
                .hasMessageContaining(words);
    }

    private static String openssl(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
