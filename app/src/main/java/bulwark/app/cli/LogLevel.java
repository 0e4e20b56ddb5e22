package bulwark.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** What STIGMEM_LOG_LEVEL and STEM_LOG_LEVEL do. */
public final class LogLevel {
    private LogLevel() {}

    /** @param level as those settings name it: what is less severe is not logged from now on */
    public static void apply(String level) {
        if (LoggerFactory.getLogger("bulwark") instanceof Logger logger) {
            logger.setLevel(
                    switch (level) {
                        case "critical", "error" -> Level.ERROR;
                        case "warn", "warning" -> Level.WARN;
                        case "debug" -> Level.DEBUG;
                        case "trace" -> Level.TRACE;
                        default -> Level.INFO;
                    });
        }
    }
}
