package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Secp256k1;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlanKind;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds for the key of a treasury wherever it is. */
@Timeout(180)
abstract class TreasuryKeyContract {
    @TempDir
    Path folder;

    /** As health and evidence call it. */
    abstract String kind();

    /** Those that name a key which this backend has. */
    abstract Map<String, String> settings() throws Exception;

    private EvmAddress address(Map<String, String> settings) throws Exception {
        Path other = Files.createDirectory(folder.resolve("address"));
        try (SignerUnderTest none = new SignerUnderTest(other, settings, SignerUnderTest.local());
                TreasuryKey key = TreasuryKeyOpener.open(none.settings(Map.of()), other)) {
            return key.address();
        }
    }

    final SignerUnderTest started(Map<String, String> settings) throws Exception {
        SignerUnderTest signer = new SignerUnderTest(folder, settings, address(settings));
        signer.restart();
        return signer;
    }

    private static byte[] digest(int number) {
        return Keccak256.hash(ByteBuffer.allocate(4).putInt(number).array());
    }

    @Test
    void signatures_are_of_the_bare_digest_with_the_lesser_s_and_recovered_to_the_address() throws Exception {
        try (SignerUnderTest none = new SignerUnderTest(folder, settings(), SignerUnderTest.local());
                TreasuryKey key = TreasuryKeyOpener.open(none.settings(Map.of()), folder)) {
            assertThat(key.kind()).isEqualTo(kind());
            int odd = 0;
            for (int i = 0; i < 60; i++) {
                EcdsaSignature signature = key.sign(digest(i));
                assertThat(signature.isLowS()).isTrue();
                assertThat(signature.bytes()).hasSize(64);
                RecoveredSignature recovered = RecoveredSignature.of(digest(i), signature, key.address());
                assertThat(recovered.signature()).isEqualTo(signature);
                odd += recovered.parity();
            }
            assertThat(odd).as("both parities come").isBetween(5, 55);
            EcdsaSignature signature = key.sign(digest(7));
            int parity =
                    RecoveredSignature.of(digest(7), signature, key.address()).parity();
            byte[] point = Secp256k1.recover(digest(7), signature, parity).orElseThrow();
            byte[] info = Secp256k1.subjectPublicKeyInfo(point);
            assertThat(OpenSsl.verifies(folder, info, digest(7), OpenSsl.der(signature)))
                    .isTrue();
            assertThat(OpenSsl.verifies(folder, info, digest(8), OpenSsl.der(signature)))
                    .isFalse();
        }
    }

    @Test
    void what_is_no_digest_is_not_signed_and_the_key_prints_nothing_of_itself() throws Exception {
        try (SignerUnderTest none = new SignerUnderTest(folder, settings(), SignerUnderTest.local());
                TreasuryKey key = TreasuryKeyOpener.open(none.settings(Map.of()), folder)) {
            for (int length : List.of(0, 31, 33, 64)) {
                assertThatThrownBy(() -> key.sign(new byte[length])).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(key.toString()).doesNotContain(SignerUnderTest.KEY.substring(2));
        }
    }

    @Test
    void the_signer_signs_plans_with_it_again_after_a_restart_and_its_health_names_it() throws Exception {
        try (SignerUnderTest signer = started(settings())) {
            SigningRequest deposit = signer.request(signer.plan(PlanKind.DEPOSIT), 3);
            String raw = signer.client().sign(deposit).path("rawTransaction").asString();
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.APPROVE), 4)))
                    .isEqualTo("signed");
            signer.restart();
            assertThat(signer.client().sign(deposit).path("rawTransaction").asString())
                    .isEqualTo(raw);
            assertThat(signer.client().health().path("state").asString()).isEqualTo("ready");
            assertThat(signer.client().health().path("backend").asString()).isEqualTo(kind());
            assertThat(signer.client().health().path("address").asString()).isEqualTo(signer.treasury.checksummed());
            assertThat(signer.client().health().path("signed").asString()).isEqualTo("2");
        }
    }

    /** A key in a service makes another signature each time, and each would be another transaction for the same nonce. */
    @Test
    void equal_requests_at_once_get_the_same_bytes() throws Exception {
        try (SignerUnderTest signer = started(settings());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int nonce = 0; nonce < 4; nonce++) {
                SigningRequest request = signer.request(signer.plan(PlanKind.APPROVE), nonce);
                Callable<String> call = () ->
                        signer.client().sign(request).path("rawTransaction").asString();
                Set<String> answers = new HashSet<>();
                for (Future<String> answer :
                        callers.invokeAll(Stream.generate(() -> call).limit(8).toList())) {
                    answers.add(answer.get());
                }
                assertThat(answers).hasSize(1);
            }
        }
    }
}
