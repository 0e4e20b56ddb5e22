package bulwark.seats.deposit;

import bulwark.seats.deposit.BlsVerifier.SignedRoot;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** The child of {@link BlsVerifier}: a count and as many keys, signatures and roots in, one byte for each out, until its input ends. */
final class BlsVerifierProgram {
    private BlsVerifierProgram() {}

    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        OutputStream out = System.out;
        Blst blst = new Blst(Blst.PROOF_OF_POSSESSION, new SecureRandom());
        while (true) {
            List<SignedRoot> batch;
            try {
                batch = read(in);
            } catch (EOFException parentEnded) {
                return;
            }
            List<Boolean> verdicts = blst.verify(batch);
            byte[] answer = new byte[verdicts.size()];
            for (int i = 0; i < answer.length; i++) {
                answer[i] = (byte) (verdicts.get(i) ? 1 : 0);
            }
            out.write(answer);
            out.flush();
        }
    }

    private static List<SignedRoot> read(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 1 || count > BlsVerifier.MAX_BATCH) {
            throw new IOException("a batch has 1 to " + BlsVerifier.MAX_BATCH + " signatures");
        }
        List<SignedRoot> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new SignedRoot(in.readNBytes(48), in.readNBytes(96), in.readNBytes(32)));
        }
        return batch;
    }
}
