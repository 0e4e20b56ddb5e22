package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.time.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RefusedMaterialTest {
    @TempDir
    Path directory;

    OpensslFixture openssl;

    @BeforeEach
    void an_authority_and_a_node_certificate() {
        openssl = new OpensslFixture(directory).authority("ca").leaf("node", "ca");
    }

    private void refused(String leaf, String ca, Clock clock, String... words) {
        assertThatExceptionOfType(TlsRefused.class)
                .isThrownBy(() -> ReloadingTls.load(openssl.files(leaf, ca), clock))
                .withMessageContainingAll(words);
    }

    private void refused(String... words) {
        refused("node", "ca", Clock.systemUTC(), words);
    }

    @Test
    void a_missing_file_is_named() throws Exception {
        Files.delete(openssl.path("node.key"));
        refused("node.key", "does not exist");
    }

    @Test
    void a_pkcs1_key_gets_the_command_that_converts_it() {
        openssl.shell("openssl genrsa -traditional -out node.key 2048 && grep -q 'BEGIN RSA PRIVATE KEY' node.key");
        refused("RSA PRIVATE KEY", "openssl pkcs8 -topk8 -nocrypt -in ", "node.key");
    }

    @Test
    void a_sec1_key_gets_the_command_that_converts_it() {
        openssl.shell("openssl ecparam -name prime256v1 -genkey -out node.key");
        refused("EC PRIVATE KEY", "openssl pkcs8 -topk8");
    }

    @Test
    void an_encrypted_key_gets_the_command_that_decrypts_it() {
        openssl.shell("openssl pkcs8 -topk8 -in node.key -out enc.key -passout pass:secret && mv enc.key node.key");
        refused("encrypted", "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void a_key_of_another_certificate_is_refused() {
        openssl.leaf("other", "ca");
        openssl.replace("node.key", "other.key");
        refused("node.key", "does not match certificate", "node.crt");
    }

    @Test
    void a_key_of_another_kind_is_refused() {
        openssl.shell("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out node.key");
        refused("does not match certificate");
    }

    @Test
    void a_key_that_everybody_can_read_is_refused() throws Exception {
        Files.setPosixFilePermissions(openssl.path("node.key"), PosixFilePermissions.fromString("rw-r--r--"));
        refused("node.key", "chmod 600");
    }

    @Test
    void an_expired_certificate_is_refused() {
        refused("node", "ca", new SettableClock(Instant.now().plus(Duration.ofDays(91))), "node.crt", "expired at");
    }

    @Test
    void a_certificate_of_the_future_is_refused() {
        refused(
                "node",
                "ca",
                new SettableClock(Instant.now().minus(Duration.ofDays(1))),
                "node.crt",
                "not valid before");
    }

    @Test
    void a_certificate_without_a_uri_is_refused() {
        openssl.leaf("odd", "ca", "openssl genpkey -algorithm ed25519", "DNS:localhost", "-days 9");
        refused("odd", "ca", Clock.systemUTC(), "exactly one URI SAN", "carries 0");
    }

    @Test
    void a_certificate_with_two_uris_is_refused() {
        openssl.leaf("odd", "ca", "openssl genpkey -algorithm ed25519", "URI:urn:a,URI:urn:b", "-days 9");
        refused("odd", "ca", Clock.systemUTC(), "exactly one URI SAN", "carries 2");
    }

    @Test
    void an_empty_bundle_is_refused() {
        openssl.write("ca.crt", "");
        refused("ca.crt", "no certificate");
    }

    @Test
    void a_leaf_in_the_bundle_is_refused() {
        openssl.replace("ca.crt", "node.crt");
        refused("ca.crt", "not a CA");
    }

    @Test
    void an_expired_bundle_is_refused() {
        openssl.shell("openssl req -new -x509 -key ca.key -out ca.crt -days 1 -subj /CN=short");
        refused("node", "ca", new SettableClock(Instant.now().plus(Duration.ofDays(2))), "every CA", "expired");
    }

    @Test
    void swapped_certificate_and_key_settings_are_reported() {
        openssl.replace("keep.key", "node.key");
        openssl.replace("node.key", "node.crt");
        refused("node.key", "certificate where the private key belongs");
        openssl.replace("node.crt", "keep.key");
        refused("node.crt", "private key where certificates belong");
    }

    @Test
    void a_cut_off_file_is_recognised() {
        openssl.write("node.crt", openssl.text("node.crt").substring(0, 200));
        refused("node.crt", "cut off");
    }

    @Test
    void mutated_files_are_refused_with_a_sentence_and_nothing_else() {
        Random random = new Random(20_260_101);
        byte[] key = openssl.text("node.key").getBytes(StandardCharsets.US_ASCII);
        byte[] certificate = openssl.text("node.crt").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = (i % 2 == 0 ? key : certificate).clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThatNoException().isThrownBy(() -> parse(bytes));
        }
    }

    private static void parse(byte[] bytes) {
        ConfiguredPath file = ConfiguredPath.unnamed(Path.of("hostile.pem"));
        try {
            Pem.privateKey(file, bytes);
        } catch (TlsRefused expected) {
            // Any sentence will do.
        }
        try {
            Pem.certificates(file, bytes).forEach(UriSan::of);
        } catch (TlsRefused expected) {
            // Any sentence will do.
        }
    }
}
