package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import bulwark.kernel.secrets.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.junit.jupiter.api.Test;

/** The JDK's keys and signatures beside those of Bouncy Castle, which knows nothing of it. */
class MlDsa44Test {
    private static final byte[] MESSAGE = "tree".getBytes(StandardCharsets.UTF_8);

    private static byte[] seed(int number) {
        byte[] seed = new byte[32];
        new Random(number).nextBytes(seed);
        return seed;
    }

    @Test
    void a_seed_gives_the_key_that_another_program_makes_of_it() {
        for (int number = 0; number < 10; number++) {
            MLDSAPrivateKeyParameters other = new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed(number));
            assertThat(MlDsa44.signer(SecretBytes.of(seed(number))).publicKey())
                    .hasSize(MlDsa44.PUBLIC_KEY_BYTES)
                    .isEqualTo(other.getPublicKey());
        }
    }

    @Test
    void each_program_verifies_what_the_other_signed_and_nothing_else() throws Exception {
        MlDsa44 ours = MlDsa44.signer(SecretBytes.of(seed(1)));
        byte[] signature = ours.sign(MESSAGE);
        assertThat(signature).hasSize(MlDsa44.SIGNATURE_BYTES);
        MLDSASigner theirs = new MLDSASigner();
        theirs.init(false, new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_44, ours.publicKey()));
        theirs.update(MESSAGE, 0, MESSAGE.length);
        assertThat(theirs.verifySignature(signature)).isTrue();
        theirs.init(true, new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed(1)));
        theirs.update(MESSAGE, 0, MESSAGE.length);
        byte[] other = theirs.generateSignature();
        assertThat(MlDsa44.verify(ours.publicKey(), MESSAGE, other)).isTrue();
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            byte[] changed = other.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(MlDsa44.verify(ours.publicKey(), MESSAGE, changed)).isFalse();
        }
        assertThat(MlDsa44.verify(ours.publicKey(), new byte[] {1}, other)).isFalse();
        assertThat(MlDsa44.verify(new byte[MlDsa44.PUBLIC_KEY_BYTES], MESSAGE, other))
                .isFalse();
        assertThat(MlDsa44.verify(new byte[3], MESSAGE, other)).isFalse();
        assertThat(MlDsa44.verify(ours.publicKey(), MESSAGE, new byte[3])).isFalse();
    }

    @Test
    void a_seed_of_another_length_is_refused_and_never_printed() {
        assertThatIllegalArgumentException().isThrownBy(() -> MlDsa44.signer(SecretBytes.of(new byte[31])));
        assertThat(MlDsa44.signer(SecretBytes.of(seed(1)))).hasToString("signer of ML-DSA-44");
    }
}
