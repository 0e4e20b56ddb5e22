package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Starts a service on a throw-away store in the working folder, asks it what a health check and a stranger ask, and stops: the run from which the launcher makes its start-up cache. Every class of
 * the cache is loaded at each start, so this loads nothing that a service does not: its requests are written by hand.
 */
final class SeatTrainingRun {
    private final CommandContext context;

    SeatTrainingRun(CommandContext context) {
        this.context = context;
    }

    int run() throws IOException {
        Path folder = context.directory();
        if (Files.exists(folder.resolve("seats.db"))) {
            throw new CommandFailed("a training run makes a store: run it in a folder without one");
        }
        Map<String, String> settings = Map.of(
                "SESSION_HMAC_SECRET",
                secret(),
                "STEP_UP_HMAC_SECRET",
                secret(),
                "DATABASE_URL",
                "sqlite:seats.db",
                "SEAT_MANAGER_PORT",
                "0");
        Supplier<Configuration> live = () -> Configuration.read(SeatSettings.schema(), settings, folder);
        SeatStore.deploy(DatabaseUrl.location(live, folder), "", context.clock());
        try (SeatManager service = SeatManager.start(live, folder, context.clock(), true)) {
            expect(service, 200, "/health");
            expect(service, 401, "/v1/seats");
        }
        return 0;
    }

    private static String secret() {
        return HexFormat.of().formatHex(Signing.fastest().random32().expose(SecretAccess.grant()));
    }

    private static void expect(SeatManager service, int status, String target) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 " + status + " ")) {
                throw new CommandFailed("the training run expected " + status + " and got: " + answer);
            }
        }
    }
}
