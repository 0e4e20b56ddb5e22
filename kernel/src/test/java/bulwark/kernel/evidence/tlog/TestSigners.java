package bulwark.kernel.evidence.tlog;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.MlDsa44;
import bulwark.kernel.signing.Signing;
import java.util.Arrays;

/** Signers whose keys follow from a number. */
final class TestSigners {
    private static final Signing SIGNING = Signing.fastest();

    private TestSigners() {}

    static CheckpointSigner log(String origin) {
        return log(origin, 1);
    }

    static CheckpointSigner log(String origin, int number) {
        return new CheckpointSigner(origin, SIGNING.signer(seed(number)), MlDsa44.signer(seed(number + 1)));
    }

    static Cosigner witness(String name) {
        return witness(name, 50);
    }

    static Cosigner witness(String name, int number) {
        return new Cosigner(name, SIGNING.signer(seed(number)));
    }

    private static SecretBytes seed(int number) {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) number);
        return SecretBytes.of(seed);
    }
}
