package bulwark.acceptance.doctor;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Answers everybody, whatever they ask, with a state and a signature: what no signer does. Thread-safe. */
final class ImpostorSigner implements AutoCloseable {
    private static final String ANSWER =
            "{\"signed\":\"0\",\"journal\":\"\",\"rawTransaction\":\"0x02\",\"transactionHash\":\"0x00\"}";

    private final ServerSocketChannel server;
    private final Path socket;

    ImpostorSigner(Path socket) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Thread.ofPlatform().daemon().name("impostor-signer").start(this::accept);
    }

    Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    answer(channel);
                } catch (EOFException early) {
                    // The next one.
                }
            }
        } catch (IOException closed) {
            // At the end of the test.
        }
    }

    private static void answer(SocketChannel channel) throws IOException {
        filled(channel, filled(channel, Integer.BYTES).getInt());
        byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + answer.length)
                .putInt(answer.length)
                .put(answer)
                .flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    private static ByteBuffer filled(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other side ended");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
