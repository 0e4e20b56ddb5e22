package bulwark.gateway.http1;

/** A header line in one number: where its name and value stand in the bytes of the head, and its {@link HeaderName} code. */
public final class Field {
    private Field() {}

    static long pack(int nameStart, int nameLength, int valueStart, int valueEnd, byte code) {
        return (long) nameStart << 48
                | (long) nameLength << 40
                | (long) valueStart << 24
                | (long) valueEnd << 8
                | code & 0xff;
    }

    public static int nameStart(long field) {
        return (int) (field >>> 48);
    }

    public static int nameEnd(long field) {
        return nameStart(field) + (int) (field >>> 40 & 0xff);
    }

    public static int valueStart(long field) {
        return (int) (field >>> 24 & 0xffff);
    }

    public static int valueEnd(long field) {
        return (int) (field >>> 8 & 0xffff);
    }

    public static byte code(long field) {
        return (byte) field;
    }
}
