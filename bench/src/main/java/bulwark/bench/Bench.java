package bulwark.bench;

import bulwark.bench.doctor.DoctorBench;
import bulwark.bench.gateway.GatewayBench;
import bulwark.bench.gateway.ResilienceArena;
import bulwark.bench.seats.SeatsBench;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** {@code bulwark bench facts|tasks|gateway|seats|doctor|commands}: prints a table of figures, measured here and now. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        for (String name : new String[] {Logger.ROOT_LOGGER_NAME, "bulwark"}) {
            ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.ERROR);
        }
        String what = String.join(" ", args);
        Path scratch = FactsBench.newScratch();
        try {
            switch (what) {
                case "facts" -> new FactsBench(scratch).run();
                case "tasks" ->
                    new TasksBench(scratch, Peer.present(repository(), Path.of(System.getProperty("bulwark.home"))))
                            .run();
                case "gateway" -> new GatewayBench(repository(), scratch).run();
                case "gateway --arena" -> new ResilienceArena(repository(), scratch).run();
                case "seats" -> new SeatsBench(repository(), scratch).run();
                case "doctor" -> new DoctorBench(repository(), scratch).run();
                case "commands" -> new CommandsBench(repository(), scratch).run();
                default -> {
                    System.err.println(
                            "usage: bulwark bench facts|tasks [--soak]|gateway [--arena|--soak]|seats [--soak]|doctor|commands");
                    System.exit(2);
                }
            }
        } finally {
            FactsBench.delete(scratch);
        }
    }

    private static Path repository() {
        return Path.of(System.getProperty("bulwark.repository"));
    }
}
