package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Secp256k1;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signatures by number, with short r and s among them, and DER as a KMS sends it. */
@Timeout(180)
class SignatureTest {
    private static final byte[] KEY = Keccak256.hash(new byte[] {1, 2, 3});
    private static final BigInteger HALF = Secp256k1.ORDER.shiftRight(1);

    private final Secp256k1Key key = Secp256k1Key.of(SecretBytes.of(KEY)).orElseThrow();
    private final EvmAddress address = EvmAddress.ofPublicKey(key.publicKey());

    @Test
    void the_vector_of_a_published_key_gives_its_address() {
        Secp256k1Key published = Secp256k1Key.of(SecretBytes.of(
                        HexFormat.of().parseHex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")))
                .orElseThrow();
        assertThat(EvmAddress.ofPublicKey(published.publicKey()).checksummed())
                .isEqualTo("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    }

    @Test
    void two_thousand_signatures_are_low_padded_and_recovered_under_one_parity_alone() {
        int shortR = 0;
        int shortS = 0;
        int odd = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] digest = Keccak256.hash(ByteBuffer.allocate(4).putInt(i).array());
            EcdsaSignature signature = key.sign(digest);
            assertThat(signature.s()).isLessThanOrEqualTo(HALF);
            byte[] bytes = signature.bytes();
            assertThat(bytes).hasSize(64);
            shortR += bytes[0] == 0 ? 1 : 0;
            shortS += bytes[32] == 0 ? 1 : 0;
            EcdsaSignature high = new EcdsaSignature(signature.r(), Secp256k1.ORDER.subtract(signature.s()));
            RecoveredSignature recovered = RecoveredSignature.of(digest, high, address);
            assertThat(recovered.signature()).isEqualTo(signature);
            odd += recovered.parity();
            assertThat(EcdsaSignature.ofDer(der(high.r(), high.s()))).contains(high);
        }
        assertThat(shortR).isPositive();
        assertThat(shortS).isPositive();
        assertThat(odd).isBetween(800, 1_200);
    }

    @Test
    void der_has_one_form_and_every_other_is_refused() {
        byte[] digest = Keccak256.hash(new byte[] {9});
        EcdsaSignature signature = key.sign(digest);
        byte[] good = der(signature.r(), signature.s());
        assertThat(EcdsaSignature.ofDer(good)).contains(signature);
        assertThat(EcdsaSignature.ofDer(Arrays.copyOf(good, good.length + 1))).isEmpty();
        assertThat(EcdsaSignature.ofDer(Arrays.copyOf(good, good.length - 1))).isEmpty();
        assertThat(EcdsaSignature.ofDer(new byte[0])).isEmpty();
        assertThat(EcdsaSignature.ofDer(der(BigInteger.ZERO, signature.s()))).isEmpty();
        assertThat(EcdsaSignature.ofDer(der(signature.r(), Secp256k1.ORDER))).isEmpty();
        assertThat(EcdsaSignature.ofDer(der(signature.r().negate(), signature.s())))
                .isEmpty();
        assertThat(EcdsaSignature.ofDer(padded(signature))).isEmpty();
        for (int i = 0; i < good.length; i++) {
            byte[] edited = good.clone();
            edited[i] ^= (byte) 0x80;
            EcdsaSignature.ofDer(edited).ifPresent(read -> assertThat(read).isNotEqualTo(signature));
        }
    }

    private static byte[] der(BigInteger r, BigInteger s) {
        byte[] one = r.toByteArray();
        byte[] two = s.toByteArray();
        return ByteBuffer.allocate(6 + one.length + two.length)
                .put((byte) 0x30)
                .put((byte) (4 + one.length + two.length))
                .put((byte) 2)
                .put((byte) one.length)
                .put(one)
                .put((byte) 2)
                .put((byte) two.length)
                .put(two)
                .array();
    }

    /** A zero too many in front of s. */
    private static byte[] padded(EcdsaSignature signature) {
        byte[] one = signature.r().toByteArray();
        byte[] two = signature.s().toByteArray();
        return ByteBuffer.allocate(7 + one.length + two.length)
                .put((byte) 0x30)
                .put((byte) (5 + one.length + two.length))
                .put((byte) 2)
                .put((byte) one.length)
                .put(one)
                .put((byte) 2)
                .put((byte) (two.length + 1))
                .put((byte) 0)
                .put(two)
                .array();
    }
}
