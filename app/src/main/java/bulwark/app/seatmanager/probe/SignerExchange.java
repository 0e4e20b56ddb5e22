package bulwark.app.seatmanager.probe;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One message to a signer and its answer: four bytes of length, big-endian, and the bytes. Blocks until the other side ends; interruptible. Stateless. */
final class SignerExchange {
    private static final int MAX_ANSWER = 65_536;

    private SignerExchange() {}

    /** @return empty when the signer ended the connection without a word @throws IOException when nobody takes the connection */
    static Optional<JsonNode> send(Path socket, String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return exchanged(channel, bytes);
        }
    }

    private static Optional<JsonNode> exchanged(SocketChannel channel, byte[] bytes) {
        try {
            ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(bytes.length)
                    .put(bytes)
                    .flip();
            while (frame.hasRemaining()) {
                int ignored = channel.write(frame);
            }
            int length = filled(channel, Integer.BYTES).getInt();
            if (length < 1 || length > MAX_ANSWER) {
                throw new IOException("an answer of " + length + " bytes");
            }
            return Optional.of(StrictJson.parse(filled(channel, length).array()));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private static ByteBuffer filled(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the other side ended");
            }
        }
        return buffer.flip();
    }

    /** State of the signer. @throws IOException when it says none */
    static JsonNode health(Path socket) throws IOException {
        return send(socket, StrictJson.text(Map.of("request", "health")))
                .filter(answer -> answer.has("signed"))
                .orElseThrow(() -> new IOException("the signer at " + socket + " says nothing of its state"));
    }
}
