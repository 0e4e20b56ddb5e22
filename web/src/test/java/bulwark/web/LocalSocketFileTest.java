package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The file of an owner's socket: who may open it, and what else may lie in its place. */
@Timeout(60)
class LocalSocketFileTest extends LocalSocketTestBase {
    @Test
    void only_the_owner_has_access_to_the_file() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run"))))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory.resolve("run"))) {
            assertThat(files).containsExactly(socket);
        }
    }

    @Test
    void another_user_is_refused_even_when_the_file_mode_allows_it() throws Exception {
        assumeTrue(
                System.getProperty("user.name").equals("root") && Files.isExecutable(Path.of("/usr/sbin/runuser")),
                "Only root can become another user");
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        String name = socket.getFileName().toString();
        assumeTrue(nobody("test", "-w", name).status() == 0, "The user nobody cannot be let in on this machine");
        String output = nobody("curl", "-sS", "-m", "5", "--unix-socket", name, "http://localhost/pass")
                .output();
        // The last when it is turned away before curl has looked whether it is connected.
        assertThat(output).matches("(?s).*(Empty reply|reset by peer|Broken pipe|Failed to connect).*");
        assertThat(text(call("POST", "/local/echo", "alive")))
                .as("somebody listens, for the owner")
                .isEqualTo("alive");
    }

    private record Outcome(int status, String output) {}

    // Runs within the socket's folder and names it relatively, as the folders above may be closed to others.
    private Outcome nobody(String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of("runuser", "-u", "nobody", "--"));
        whole.addAll(List.of(command));
        Process process = new ProcessBuilder(whole)
                .directory(socket.getParent().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    @Test
    void a_live_socket_is_not_taken_over_and_a_stale_one_is() throws IOException {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(this::open)
                .withMessageContaining("another process is serving");
        assertThat(text(call("POST", "/local/echo", "alive"))).isEqualTo("alive");
        server.close();
        assertThat(socket).doesNotExist();
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(Files.exists(socket)).isTrue();
        server = open();
        assertThat(text(call("POST", "/local/echo", "new"))).isEqualTo("new");
    }

    @Test
    void a_file_in_the_way_is_not_replaced() throws IOException {
        server.close();
        Files.writeString(socket, "precious");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(this::open)
                .withMessageContaining("not a socket");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void a_too_long_path_is_refused_with_a_sentence() {
        Path far = directory.resolve("x".repeat(101));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> LocalSocket.listen(far, routes, new TestService.Rendering()))
                .withMessageContaining("at most 100");
    }

    @Test
    void a_path_of_exactly_the_limit_works() {
        server.close();
        int room = UnixSocketFile.MAX_PATH - directory.toString().length() - 1;
        socket = directory.resolve("y".repeat(room));
        server = open();
        assertThat(text(call("POST", "/local/echo", "far"))).isEqualTo("far");
    }

    @Test
    void a_missing_listener_is_reported_in_a_sentence() {
        server.close();
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> call("GET", "/pass", ""))
                .withMessageContaining("nobody listens");
    }
}
