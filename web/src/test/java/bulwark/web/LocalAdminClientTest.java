package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.process.RunFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalAdminClientTest {
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final List<String> happened = new ArrayList<>();

    private LocalSocket serve(Path socket, String answer) {
        List<Route> routes = List.of(Route.owner("POST", "/local/who", r -> TestService.text(answer)));
        return LocalSocket.listen(socket, routes, new TestService.Rendering());
    }

    private final class Stopped implements LocalAdminClient.StoppedStore {
        @Override
        public LocalSocket serveOwner(Path socket) {
            happened.add("served");
            return serve(socket, "opened here");
        }

        @Override
        public void close() {
            happened.add("closed");
        }
    }

    @Test
    void a_running_process_is_asked_over_its_own_socket_and_nothing_is_opened() throws Exception {
        Path store = folder.resolve("a.db");
        Path socket = RunFile.socketFor(store, "part");
        new RunFile(ProcessHandle.current().pid(), socket, Map.of()).write(store);
        try (LocalSocket running = serve(socket, "running");
                LocalAdminClient client = LocalAdminClient.open(store, "part", Stopped::new)) {
            assertThat(client.post("/local/who", BODY).body()).asString().isEqualTo("running");
        }
        assertThat(happened).isEmpty();
    }

    @Test
    void a_stopped_store_is_opened_for_the_length_of_one_command() {
        Path store = folder.resolve("b.db");
        try (LocalAdminClient client = LocalAdminClient.open(store, "part", Stopped::new)) {
            assertThat(client.post("/local/who", BODY).body()).asString().isEqualTo("opened here");
            assertThat(happened).containsExactly("served");
        }
        assertThat(happened).containsExactly("served", "closed");
    }

    @Test
    void what_opening_refuses_comes_out_and_a_store_that_cannot_be_served_is_closed() throws Exception {
        Path store = folder.resolve("c.db");
        assertThatThrownBy(() -> LocalAdminClient.open(store, "part", () -> {
                    throw new IllegalStateException("no store there");
                }))
                .hasMessage("no store there");
        try (LocalSocket other = serve(RunFile.socketFor(store, "part"), "somebody else")) {
            assertThatThrownBy(() -> LocalAdminClient.open(store, "part", Stopped::new))
                    .hasMessageContaining("another process is serving");
        }
        assertThat(happened).containsExactly("served", "closed");
    }
}
