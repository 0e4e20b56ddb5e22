package bulwark.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** {@code bulwark bench facts}: prints a table of figures, measured here and now. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 1 || !args[0].equals("facts")) {
            System.err.println("usage: bulwark bench facts");
            System.exit(2);
        }
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        Path scratch = FactsBench.newScratch();
        try {
            new FactsBench(scratch).run();
        } finally {
            FactsBench.delete(scratch);
        }
    }
}
