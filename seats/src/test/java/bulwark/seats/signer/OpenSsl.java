package bulwark.seats.signer;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The judge of signatures that is none of ours. */
final class OpenSsl {
    private OpenSsl() {}

    /** Whether the key signed the digest as it is, without another digest over it. */
    static boolean verifies(Path folder, byte[] subjectPublicKeyInfo, byte[] digest, byte[] der)
            throws IOException, InterruptedException {
        RequiredProgram.onThePath("openssl");
        Files.writeString(
                folder.resolve("key.pem"),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(subjectPublicKeyInfo)
                        + "\n-----END PUBLIC KEY-----\n");
        Files.write(folder.resolve("digest"), digest);
        Files.write(folder.resolve("signature"), der);
        Shell.Outcome outcome = Shell.run(
                folder,
                Map.of(),
                Duration.ofMinutes(1),
                List.of(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-pubin",
                        "-inkey",
                        "key.pem",
                        "-in",
                        "digest",
                        "-sigfile",
                        "signature"));
        return outcome.exitCode() == 0 && outcome.out().contains("Verified Successfully");
    }

    static byte[] der(EcdsaSignature signature) {
        byte[] r = integer(signature.r());
        byte[] s = integer(signature.s());
        byte[] der = new byte[2 + r.length + s.length];
        der[0] = 0x30;
        der[1] = (byte) (r.length + s.length);
        System.arraycopy(r, 0, der, 2, r.length);
        System.arraycopy(s, 0, der, 2 + r.length, s.length);
        return der;
    }

    private static byte[] integer(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] der = new byte[2 + bytes.length];
        der[0] = 2;
        der[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, der, 2, bytes.length);
        return der;
    }
}
