package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service on an owner's socket. */
@Timeout(60)
abstract class LocalSocketTestBase {
    @TempDir
    Path directory;

    Path socket;
    LocalSocket server;

    final List<Route> routes = List.of(
            Route.owner("POST", "/local/echo", TestService.echo()),
            Route.owner(
                    "GET",
                    "/local/things/{id}",
                    request -> TestService.text(request.pathParameter("id") + " "
                            + request.query("q").orElse("-") + " "
                            + request.principal().entityUri() + " " + request.remote() + " "
                            + request.header("X-One").orElse("-"))),
            Route.permitted(
                    "GET",
                    "/v1/secret",
                    "admin",
                    "test",
                    request ->
                            TestService.text(request.principal().permissions().toString())),
            Route.open("GET", "/pass", new PassesOnce()).onEventLoop(),
            Route.open("GET", "/broken", request -> {
                throw new IllegalStateException("inner detail");
            }),
            Route.open("GET", "/slow", request -> {
                LockSupport.parkNanos(2_000_000_000L);
                return TestService.text("late");
            }),
            Route.open("GET", "/big", request -> TestService.text("x".repeat(5_000_000))));

    static final class PassesOnce implements Handler {
        private boolean passed;

        @Override
        public Response handle(Request request) {
            Response answer = passed ? TestService.text("second") : null;
            passed = true;
            return answer;
        }
    }

    @BeforeEach
    void listen() {
        socket = directory.resolve("run/owner.sock");
        server = open();
    }

    LocalSocket open() {
        return LocalSocket.listen(socket, routes, new TestService.Rendering());
    }

    @AfterEach
    void close() {
        server.close();
    }

    Response call(String method, String target, String body) {
        return LocalSocket.call(socket, method, target, body.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "20", "--unix-socket", socket.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
