package bulwark.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a name server of the test's own, on loopback. */
class DnsResolverTest {
    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;

    private DatagramSocket socket;
    private DnsResolver resolver;

    @BeforeEach
    void start() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        resolver = DnsResolver.of(List.of("127.0.0.1:" + socket.getLocalPort()));
    }

    @AfterEach
    void stop() {
        socket.close();
    }

    @Test
    void addresses_of_both_families_are_found() {
        assertThat(resolver.resolve("both.example"))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("93.184.216.34", "10.0.0.5", "2606:4700:0:0:0:0:0:1111");
    }

    @Test
    void an_alias_has_the_addresses_of_its_target() {
        assertThat(resolver.resolve("alias.example"))
                .extracting(InetAddress::getHostAddress)
                .contains("93.184.216.34", "10.0.0.5");
    }

    @Test
    void a_name_that_does_not_exist_has_no_address() {
        assertThat(resolver.resolve("nowhere.example")).isEmpty();
        assertThat(resolver.resolve("localhost")).isEmpty();
    }

    @Test
    void half_an_answer_is_none() {
        assertThat(resolver.resolve("half.example")).isEmpty();
    }

    @Test
    void a_name_server_is_an_address_with_a_port() {
        for (String server :
                new String[] {"ns.example:53", "10.0.0.1", "10.0.0.1:0", "", "10.0.0.1:53/x", "a@10.0.0.1:53"}) {
            assertThatIllegalArgumentException().as(server).isThrownBy(() -> DnsResolver.of(List.of(server)));
        }
    }

    private void serve() {
        byte[] buffer = new byte[1_500];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static byte[] answer(ByteBuffer query) throws IOException {
        short id = query.getShort(0);
        StringBuilder name = new StringBuilder();
        query.position(12);
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = query.getShort();
        byte[] question = new byte[query.position() + 2 - 12];
        query.position(12);
        query.get(question);
        String asked = name.toString().toLowerCase(Locale.ROOT);
        return reply(id, question, asked, type);
    }

    private static byte[] reply(short id, byte[] question, String name, int type) throws IOException {
        Map<String, List<String>> v4 = Map.of(
                "both.example", List.of("93.184.216.34", "10.0.0.5"),
                "alias.example", List.of("93.184.216.34", "10.0.0.5"),
                "half.example", List.of("93.184.216.34"));
        int code = name.equals("half.example") && type == AAAA ? 2 : v4.containsKey(name) ? 0 : 3;
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        int count = 0;
        if (code == 0 && name.equals("alias.example")) {
            records.write(record(CNAME, new byte[] {4, 'b', 'o', 't', 'h', (byte) 0xc0, 18}));
            count++;
        }
        if (code == 0 && type == A) {
            for (String address : v4.get(name)) {
                records.write(record(A, IpLiteral.v4(address)));
                count++;
            }
        }
        if (code == 0 && type == AAAA && name.equals("both.example")) {
            records.write(record(AAAA, IpLiteral.v6("2606:4700::1111")));
            count++;
        }
        ByteBuffer reply = ByteBuffer.allocate(12 + question.length + records.size());
        reply.putShort(id)
                .putShort((short) (0x8180 | code))
                .putShort((short) 1)
                .putShort((short) count)
                .putInt(0);
        return reply.put(question).put(records.toByteArray()).array();
    }

    /** Of the name asked for: its owner points to byte 12. */
    private static byte[] record(int type, byte[] data) {
        return ByteBuffer.allocate(12 + data.length)
                .putShort((short) 0xc00c)
                .putShort((short) type)
                .putShort((short) 1)
                .putInt(60)
                .putShort((short) data.length)
                .put(data)
                .array();
    }
}
