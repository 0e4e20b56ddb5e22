package bulwark.gateway.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A name server on loopback whose answers live for no time (TTL 0). It tells the truth, the address {@link #TRUTH}, until it is asked to lie; from then on each answer is one of many tries to lead to
 * an internal address. Names that begin with {@code canary} always have the address 127.0.0.1. Thread-safe.
 */
final class LyingNameServer implements AutoCloseable {
    /** On loopback, and allowed by the tests. */
    static final String TRUTH = "127.0.0.2";

    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final byte[] CANARY = {127, 0, 0, 1};
    private static final byte[] HONEST = {127, 0, 0, 2};

    private final DatagramSocket socket;
    private final Set<String> lies = ConcurrentHashMap.newKeySet();
    private final Random random = new Random(42);
    private volatile boolean lying;
    private volatile boolean silent;

    LyingNameServer() {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("lying-name-server").start(this::serve);
    }

    /** As the setting of name servers has it. */
    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    void lie() {
        lying = true;
    }

    /** Whether questions are taken and not answered. */
    void silence(boolean wanted) {
        silent = wanted;
    }

    /** Which kinds were told. */
    Set<String> lies() {
        return Set.copyOf(lies);
    }

    private void serve() {
        byte[] buffer = new byte[1_500];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                if (silent) {
                    continue;
                }
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer query) throws IOException {
        short id = query.getShort(0);
        StringBuilder name = new StringBuilder();
        query.position(12);
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(new String(label, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT))
                    .append('.');
        }
        int type = query.getShort();
        byte[] question = new byte[query.position() + 2 - 12];
        query.position(12);
        query.get(question);
        Reply reply = new Reply();
        if (name.toString().startsWith("canary")) {
            reply.address(type, A, CANARY);
        } else if (lying) {
            lie(reply, type);
        } else {
            reply.address(type, A, HONEST);
        }
        return reply.bytes(id, question);
    }

    /** Of eight questions two are answered honestly, so that one question of a pair, or one look-up of two, is. */
    private void lie(Reply reply, int type) throws IOException {
        switch (random.nextInt(8)) {
            case 0, 1 -> reply.address(type, A, HONEST);
            case 2 -> {
                told("loopback");
                reply.address(type, A, CANARY).address(type, AAAA, literal("::1"));
            }
            case 3 -> {
                told("good and bad address");
                reply.address(type, A, HONEST).address(type, A, CANARY).address(type, AAAA, literal("::1"));
            }
            case 4 -> {
                told("mapped address");
                reply.address(type, A, HONEST).address(type, AAAA, mapped());
            }
            case 5 -> {
                told("chain of aliases");
                for (String alias : List.of("a.example.org", "b.example.org", "canary.example.org")) {
                    reply.alias(alias);
                }
                reply.address(type, A, CANARY);
            }
            case 6 -> {
                told("metadata");
                reply.address(type, A, new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254})
                        .address(type, AAAA, literal("64:ff9b::7f00:1"));
            }
            default -> {
                told("unspecified address");
                reply.address(type, A, new byte[4]).address(type, AAAA, new byte[16]);
            }
        }
    }

    private void told(String lie) {
        lies.add(lie);
    }

    private static byte[] literal(String address) throws IOException {
        return InetAddress.getByName(address).getAddress();
    }

    /** {@code ::ffff:127.0.0.1}, which {@link InetAddress} would make four bytes of. */
    private static byte[] mapped() {
        return ByteBuffer.allocate(16)
                .position(10)
                .putShort((short) 0xffff)
                .put(CANARY)
                .array();
    }

    @Override
    public void close() {
        socket.close();
    }

    /** The records of one answer; each belongs to the alias before it, or to the name that was asked for. */
    private static final class Reply {
        private static final byte[] ASKED = {(byte) 0xc0, 12};

        private final ByteArrayOutputStream records = new ByteArrayOutputStream();
        private byte[] owner = ASKED;
        private int count;

        /** Nothing where another type was asked for. */
        Reply address(int asked, int type, byte[] address) throws IOException {
            if (asked == type) {
                record(type, address);
            }
            return this;
        }

        void alias(String name) throws IOException {
            byte[] encoded = encoded(name);
            record(CNAME, encoded);
            owner = encoded;
        }

        private void record(int type, byte[] data) throws IOException {
            records.write(owner);
            records.write(ByteBuffer.allocate(10)
                    .putShort((short) type)
                    .putShort((short) 1)
                    .putInt(0)
                    .putShort((short) data.length)
                    .array());
            records.write(data);
            count++;
        }

        private static byte[] encoded(String name) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (String label : name.split("\\.", -1)) {
                bytes.write(label.length());
                bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
            }
            bytes.write(0);
            return bytes.toByteArray();
        }

        byte[] bytes(short id, byte[] question) {
            ByteBuffer reply = ByteBuffer.allocate(12 + question.length + records.size());
            // A name with records of another type exists, without an answer; none at all would end the look-up.
            reply.putShort(id)
                    .putShort((short) 0x8180)
                    .putShort((short) 1)
                    .putShort((short) count)
                    .putInt(0);
            return reply.put(question).put(records.toByteArray()).array();
        }
    }
}
