package bulwark.kernel.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;

/** Known answers of RFC 8032 §7.1 (test 2) and RFC 4231 (case 2), and refusals: what an engine must pass before it is used. */
final class KnownAnswerTest {
    private static final byte[] SEED = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    private static final byte[] PUBLIC = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    private static final byte[] MESSAGE = {0x72};
    private static final byte[] SIGNATURE = hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    private static final byte[] MAC = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

    private KnownAnswerTest() {}

    /** @throws IllegalStateException naming what failed */
    static void run(Ed25519Backend engine) {
        Ed25519Signer signer = engine.signer(SEED);
        require(Arrays.equals(signer.publicKey(), PUBLIC), "deriving a public key");
        require(Arrays.equals(signer.sign(MESSAGE), SIGNATURE), "signing");
        Ed25519Verifier verifier = engine.verifier(PUBLIC);
        require(verifier.verify(MESSAGE, SIGNATURE), "accepting a good signature");
        require(!verifier.verify(new byte[] {0x73}, SIGNATURE), "refusing another message");
        byte[] bad = SIGNATURE.clone();
        bad[40] ^= 1;
        require(!verifier.verify(MESSAGE, bad), "refusing a changed signature");
        byte[] mac = engine.hmacSha256("Jefe".getBytes(US_ASCII), "what do ya want for nothing?".getBytes(US_ASCII));
        require(Arrays.equals(mac, MAC), "HMAC-SHA256");
    }

    private static void require(boolean passed, String what) {
        if (!passed) {
            throw new IllegalStateException("the self-test failed at " + what);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
