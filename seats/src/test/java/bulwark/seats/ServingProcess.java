package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.seats.settings.SeatSettings;
import java.nio.file.Path;
import java.time.Clock;

/** A service in a process of its own, with the settings of its environment, until it is killed. */
final class ServingProcess {
    static final String READY = "PORT ";

    private ServingProcess() {}

    /** @param arguments the folder */
    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        try (SeatManager service = SeatManager.start(
                () -> Configuration.read(SeatSettings.schema(), System.getenv(), folder), folder, Clock.systemUTC())) {
            System.out.println(READY + service.port());
            System.out.flush();
            service.awaitExitCode();
        }
    }
}
