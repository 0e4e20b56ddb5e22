package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A signer that hangs is one that does not answer: a request to it ends, and what it says is typed. */
@Timeout(60)
class SignerClientTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private ServerSocketChannel hanging;
    private SignerClient client;

    @BeforeEach
    void listen() throws IOException {
        Path socket = folder.resolve("signer.sock");
        hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        hanging.bind(UnixDomainSocketAddress.of(socket), 1);
        client = new SignerClient(socket, TIMEOUT, TIMEOUT);
    }

    @AfterEach
    void close() throws IOException {
        hanging.close();
    }

    private void isLate() {
        assertThatThrownBy(client::health).isInstanceOfSatisfying(SigningRefused.class, refused -> {
            assertThat(refused.code()).isEqualTo("SIGNER_UNAVAILABLE");
            assertThat(refused.sentence()).contains("gave no answer within 300 ms", "restart it");
        });
    }

    @Test
    void a_signer_that_takes_no_connection_and_one_whose_queue_is_full_are_not_waited_for() throws IOException {
        isLate();
        List<SocketChannel> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                SocketChannel one = SocketChannel.open(StandardProtocolFamily.UNIX);
                one.configureBlocking(false);
                waiting.add(one);
                try {
                    one.connect(hanging.getLocalAddress());
                } catch (IOException full) {
                    break;
                }
            }
            isLate();
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    @Test
    void half_an_answer_is_not_waited_for() throws IOException, InterruptedException {
        Thread signer = Thread.ofVirtual().start(this::answerHalf);
        isLate();
        hanging.close();
        signer.join();
    }

    private void answerHalf() {
        try (SocketChannel channel = hanging.accept()) {
            SignerFrames.read(channel);
            channel.write(ByteBuffer.allocate(12)
                    .putInt(40)
                    .put("{\"state\"".getBytes(StandardCharsets.US_ASCII))
                    .flip());
            channel.read(ByteBuffer.allocate(1));
        } catch (IOException gone) {
            // The client went away, as it should.
        }
    }
}
