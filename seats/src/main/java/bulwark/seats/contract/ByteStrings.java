package bulwark.seats.contract;

/** Byte strings one after the other. */
public final class ByteStrings {
    private ByteStrings() {}

    public static byte[] concatenated(byte[]... pieces) {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
