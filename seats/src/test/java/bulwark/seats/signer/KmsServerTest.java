package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Keccak256;
import bulwark.testkit.CurveKey;
import bulwark.testkit.CurveKey.Curve;
import bulwark.testkit.KmsServer;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server that stands for KMS, judged by programs that know nothing of it: OpenSSL, and the command line of AWS where it is installed. */
@Timeout(180)
class KmsServerTest {
    private static final byte[] DIGEST = Keccak256.hash(new byte[] {7});

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void openssl_finds_its_signatures_good_over_the_digest_that_was_given(Curve curve) throws Exception {
        CurveKey key = CurveKey.create(curve);
        assertThat(OpenSsl.verifies(
                        folder,
                        key.subjectPublicKeyInfo(),
                        DIGEST,
                        key.sign(DIGEST).der()))
                .isTrue();
        assertThat(OpenSsl.verifies(
                        folder,
                        key.subjectPublicKeyInfo(),
                        DIGEST,
                        key.signHigh(DIGEST).der()))
                .isTrue();
        assertThat(OpenSsl.verifies(
                        folder,
                        key.subjectPublicKeyInfo(),
                        Digests.sha256(DIGEST),
                        key.sign(DIGEST).der()))
                .isFalse();
    }

    @Test
    void the_command_line_of_aws_finds_a_digest_signed_as_it_is_and_a_message_by_its_own_digest() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Path.of(each, "aws").toFile().canExecute()),
                "SKIPPED: the command line of AWS is not installed; the client for Java is asked all the same");
        try (KmsServer kms = new KmsServer()) {
            KmsServer.Key key = kms.createKey(Curve.ECC_SECG_P256K1);
            kms.alias("alias/treasury", key);
            Files.write(folder.resolve("message"), DIGEST);
            byte[] ofDigest = signature(kms, "DIGEST");
            assertThat(OpenSsl.verifies(folder, key.subjectPublicKeyInfo(), DIGEST, ofDigest))
                    .isTrue();
            byte[] ofMessage = signature(kms, "RAW");
            assertThat(OpenSsl.verifies(folder, key.subjectPublicKeyInfo(), Digests.sha256(DIGEST), ofMessage))
                    .isTrue();
            key.state = KmsServer.State.DISABLED;
            Shell.Outcome refused = aws(kms, KmsServer.SECRET_KEY, sign("DIGEST"));
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.err()).contains("DisabledException");
            assertThat(aws(kms, "wrong", sign("DIGEST")).err()).contains("InvalidSignatureException");
        }
    }

    private byte[] signature(KmsServer kms, String type) throws Exception {
        Shell.Outcome outcome = aws(kms, KmsServer.SECRET_KEY, sign(type));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return Base64.getDecoder().decode(outcome.out().strip());
    }

    private static List<String> sign(String type) {
        return List.of(
                "kms",
                "sign",
                "--key-id",
                "alias/treasury",
                "--message-type",
                type,
                "--message",
                "fileb://message",
                "--signing-algorithm",
                "ECDSA_SHA_256",
                "--query",
                "Signature",
                "--output",
                "text");
    }

    private Shell.Outcome aws(KmsServer kms, String secret, List<String> arguments)
            throws IOException, InterruptedException {
        return Shell.run(
                folder,
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        KmsServer.ACCESS_KEY,
                        "AWS_SECRET_ACCESS_KEY",
                        secret,
                        "AWS_DEFAULT_REGION",
                        KmsServer.REGION,
                        "AWS_PAGER",
                        "",
                        "AWS_EC2_METADATA_DISABLED",
                        "true"),
                Duration.ofMinutes(2),
                Stream.concat(Stream.of("aws", "--endpoint-url", kms.endpoint()), arguments.stream())
                        .toList());
    }
}
