package bulwark.seats.deposit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** The child of {@link ValidatorKeyProcess}: a seed and a path in, a public and a secret key out; a root in, a signature out; then it ends, and the key with it. */
final class ValidatorKeyProgram {
    private ValidatorKeyProgram() {}

    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        DataOutputStream out = new DataOutputStream(System.out);
        byte[] seed = in.readNBytes(in.readUnsignedByte());
        long[] path = new long[in.readUnsignedByte()];
        for (int i = 0; i < path.length; i++) {
            path[i] = in.readLong();
        }
        BlstKey key = BlstKey.derive(seed, path);
        Arrays.fill(seed, (byte) 0);
        out.write(key.pubkey());
        out.write(key.secret());
        out.flush();
        out.write(key.sign(in.readNBytes(32)));
        out.flush();
    }
}
