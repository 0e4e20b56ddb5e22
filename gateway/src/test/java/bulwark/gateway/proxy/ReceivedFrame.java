package bulwark.gateway.proxy;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One frame of HTTP/2 as it was received. */
record ReceivedFrame(int type, int flags, int stream, byte[] payload) {
    static ReceivedFrame read(DataInputStream in) throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fff_ffff;
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new ReceivedFrame(type, flags, stream, payload);
    }

    /** The first four bytes of its payload. */
    int number() {
        return ByteBuffer.wrap(payload).getInt();
    }
}
