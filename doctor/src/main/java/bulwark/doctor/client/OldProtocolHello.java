package bulwark.doctor.client;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A ClientHello (RFC 5246, section 7.4.1.2) that offers one protocol version before TLS 1.3 and the suites that servers of that age had. Written by hand, because the JDK refuses to offer such a
 * version at all.
 */
public enum OldProtocolHello {
    TLS_1_0(0x0301),
    TLS_1_1(0x0302),
    TLS_1_2(0x0303);

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;
    private static final int[] SUITES = {
        0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xC009, 0xC00A, 0xC013, 0xC014, 0x002F, 0x0035
    };
    /** supported_groups, ec_point_formats and signature_algorithms, which a server with elliptic curves wants. */
    private static final byte[] EXTENSIONS = {
        0x00,
        0x0A,
        0x00,
        0x06,
        0x00,
        0x04,
        0x00,
        0x1D,
        0x00,
        0x17, // x25519, secp256r1
        0x00,
        0x0B,
        0x00,
        0x02,
        0x01,
        0x00, // uncompressed
        0x00,
        0x0D,
        0x00,
        0x0A,
        0x00,
        0x08,
        0x08,
        0x07,
        0x04,
        0x03,
        0x08,
        0x04,
        0x04,
        0x01 // Ed25519, ECDSA, PSS, RSA
    };

    private final int version;

    OldProtocolHello(int version) {
        this.version = version;
    }

    /** For people: {@code TLS 1.2}. */
    public String words() {
        return name().replaceFirst("_", " ").replace('_', '.');
    }

    /** What the server made of it. @param accepted it went on with a ServerHello */
    public record Answer(boolean accepted, String words) {}

    /** @throws IOException when it cannot be told what it made of it: no connection, silence, bytes of another protocol */
    public Answer ask(ProbeClient client, URI base) throws IOException {
        return ask(client, base, SUITES);
    }

    /** As above. @param suites that are offered instead, by their numbers */
    public Answer ask(ProbeClient client, URI base, int... suites) throws IOException {
        byte[] answer = RawExchange.send(client, base, bytes(suites));
        if (answer.length == 0) {
            return new Answer(false, "closed without an answer");
        }
        if (answer[0] == ALERT && answer.length > 6) {
            return new Answer(false, "alert " + (answer[6] & 0xFF) + (answer[6] == 70 ? " (protocol_version)" : ""));
        }
        if (answer[0] == HANDSHAKE && answer.length > 5 && answer[5] == SERVER_HELLO) {
            return new Answer(true, "a ServerHello");
        }
        throw new IOException(base + " answered with bytes that are no TLS");
    }

    byte[] bytes() {
        return bytes(SUITES);
    }

    private byte[] bytes(int[] suites) {
        int body = 2 + 32 + 1 + 2 + 2 * suites.length + 2 + 2 + EXTENSIONS.length;
        ByteBuffer hello = ByteBuffer.allocate(5 + 4 + body);
        hello.put((byte) HANDSHAKE).putShort((short) 0x0301).putShort((short) (4 + body));
        hello.put((byte) 1).put((byte) 0).putShort((short) body);
        hello.putShort((short) version);
        byte[] random = new byte[32];
        Arrays.fill(random, (byte) 0x42); // no key is ever made of it
        hello.put(random).put((byte) 0);
        hello.putShort((short) (2 * suites.length));
        for (int suite : suites) {
            hello.putShort((short) suite);
        }
        hello.put((byte) 1).put((byte) 0);
        hello.putShort((short) EXTENSIONS.length).put(EXTENSIONS);
        return hello.array();
    }
}
