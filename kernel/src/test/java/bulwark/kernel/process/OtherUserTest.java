package bulwark.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherUserTest {
    private static final int STRANGER = 65_534;

    @TempDir
    Path folder;

    @Test
    void the_other_side_sees_the_other_user_and_the_own_files_stay_open() throws Exception {
        Path socket = folder.resolve("s.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.writeString(folder.resolve("secret"), "mine");
            Optional<String> read = OtherUser.call(STRANGER, () -> {
                try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    client.connect(UnixDomainSocketAddress.of(socket));
                    return Files.readString(folder.resolve("secret"));
                }
            });
            if (read.isEmpty()) {
                assertThat(Files.getAttribute(folder, "unix:uid")).isNotEqualTo(0);
                return;
            }
            assertThat(read).contains("mine");
            assertThat(peer(server)).isEqualTo(user(STRANGER));
            // And here nothing changed.
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                assertThat(peer(server)).isEqualTo(Files.getOwner(folder).getName());
            }
        }
    }

    @Test
    void what_the_work_throws_comes_out() throws IOException {
        int own = (int) Files.getAttribute(folder, "unix:uid");
        assertThatThrownBy(() -> OtherUser.call(own, () -> {
                    throw new IOException("as it was");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("as it was");
    }

    private static String peer(ServerSocketChannel server) throws IOException {
        try (SocketChannel accepted = server.accept()) {
            return accepted.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        }
    }

    private String user(int id) throws IOException {
        Path file = Files.createFile(folder.resolve("of-" + id));
        Files.setAttribute(file, "unix:uid", id);
        return Files.getOwner(file).getName();
    }
}
