package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Every provider, forced in turn, gives the same verdicts: nodes that disagree on one signature hold two histories. */
class VerdictsTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @EnumSource
    void the_accepted_edge_cases_are_exactly_the_frozen_ones(Signing.Provider provider) throws IOException {
        Signing signing = Signing.of(provider);
        JsonNode cases = read("vectors/cctv/ed25519vectors.json");
        List<String> accepted = new ArrayList<>();
        for (JsonNode one : cases) {
            if (signing.verify(hex(one, "key"), text(one, "msg").getBytes(StandardCharsets.UTF_8), hex(one, "sig"))) {
                accepted.add(one.get("number").asString());
            }
        }
        assertThat(cases.size()).isEqualTo(914);
        assertThat(accepted).isEqualTo(frozen());
    }

    @ParameterizedTest
    @EnumSource
    void wycheproof_ed25519_is_judged_as_it_says(Signing.Provider provider) throws IOException {
        Signing signing = Signing.of(provider);
        int judged = 0;
        for (JsonNode group : read("vectors/wycheproof/ed25519_test.json").get("testGroups")) {
            byte[] key = hex(group.get("publicKey"), "pk");
            for (JsonNode one : group.get("tests")) {
                boolean valid = text(one, "result").equals("valid");
                assertThat(signing.verify(key, hex(one, "msg"), hex(one, "sig")))
                        .as("test " + one.get("tcId"))
                        .isEqualTo(valid);
                judged++;
            }
        }
        assertThat(judged).isEqualTo(151);
    }

    @ParameterizedTest
    @EnumSource
    void wycheproof_hmac_is_computed_as_it_says(Signing.Provider provider) throws IOException {
        Signing signing = Signing.of(provider);
        int judged = 0;
        for (JsonNode group : read("vectors/wycheproof/hmac_sha256_test.json").get("testGroups")) {
            int length = group.get("tagSize").intValue() / 8;
            for (JsonNode one : group.get("tests")) {
                byte[] mac = signing.hmacSha256(SecretBytes.of(hex(one, "key")), hex(one, "msg"));
                assertThat(Arrays.equals(Arrays.copyOf(mac, length), hex(one, "tag")))
                        .as("test " + one.get("tcId"))
                        .isEqualTo(text(one, "result").equals("valid"));
                judged++;
            }
        }
        assertThat(judged).isGreaterThan(150);
    }

    @ParameterizedTest
    @EnumSource
    void a_signature_whose_commitment_is_neutral_is_judged_by_the_equation_alone(Signing.Provider provider) {
        Signing signing = Signing.of(provider);
        byte[] seed = new byte[32];
        new Random(3).nextBytes(seed);
        Ed25519Signer signer = signing.signer(SecretBytes.of(seed));
        byte[] message = {1, 2, 3};
        byte[] neutral = new byte[32];
        neutral[0] = 1;

        byte[] signature = NeutralCommitment.sign(seed, signer.publicKey(), neutral, message);

        assertThat(signing.verify(signer.publicKey(), message, signature)).isTrue();
        byte[] other = signature.clone();
        other[32] ^= 1;
        assertThat(signing.verify(signer.publicKey(), message, other)).isFalse();
        byte[] torsion = NeutralCommitment.sign(seed, signer.publicKey(), NeutralCommitment.ORDER_TWO, message);
        assertThat(signing.verify(signer.publicKey(), message, torsion)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void changed_signatures_keys_and_lengths_never_verify_and_never_throw(Signing.Provider provider) {
        Signing signing = Signing.of(provider);
        Random random = new Random(99);
        Ed25519Signer signer = signing.signer(signing.random32());
        byte[] message = new byte[100];
        byte[] good = signer.sign(message);
        for (int i = 0; i < 60; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
            assertThat(signing.verify(signer.publicKey(), message, bad)).isFalse();
            byte[] key = signer.publicKey();
            key[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
            assertThat(signing.verify(key, message, good)).isFalse();
        }
        for (int length : new int[] {0, 1, 31, 33, 63, 65, 1000}) {
            assertThat(signing.verify(signer.publicKey(), message, Arrays.copyOf(good, length)))
                    .isFalse();
            assertThat(signing.verify(new byte[length], message, good)).isFalse();
        }
        BigInteger beyond = new BigInteger(1, reversed(Arrays.copyOfRange(good, 32, 64))).add(NeutralCommitment.ORDER);
        byte[] malleable = good.clone();
        System.arraycopy(NeutralCommitment.littleEndian(beyond), 0, malleable, 32, 32);
        assertThat(signing.verify(signer.publicKey(), message, malleable)).isFalse();
    }

    static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static List<String> frozen() throws IOException {
        try (var resource = VerdictsTest.class.getResourceAsStream("cctv-accepted.txt")) {
            String text = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
            return List.of(text.strip().split("\\s+"));
        }
    }

    private static JsonNode read(String relative) throws IOException {
        return StrictJson.parse(Files.readAllBytes(SharedMaterial.require(relative)));
    }

    private static byte[] hex(JsonNode node, String name) {
        return HEX.parseHex(text(node, name));
    }

    private static String text(JsonNode node, String name) {
        return node.get(name).stringValue();
    }
}
