package bulwark.tasks.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forgets what is done, so that memory stays bounded. */
final class Housekeeping {
    /** A consumer that held nothing and was silent for so long is gone. */
    private static final Duration GONE = Duration.ofDays(1);

    private Housekeeping() {}

    static void trim(Line line, List<Source> sources) {
        for (Source source : sources) {
            // The length of broadcast streams is bounded as they are written: consumers come and go.
            if (!source.broadcast()) {
                List<Object> arguments = new ArrayList<>(List.of(source.group()));
                arguments.addAll(source.streams());
                line.run(Script.TRIM, arguments);
            }
        }
    }

    static @Nullable Object tidy(Line line, List<Source> sources) {
        for (Source source : sources) {
            List<Object> arguments = new ArrayList<>();
            if (!source.broadcast()) {
                arguments.add(source.group());
                arguments.add(GONE.toMillis());
                arguments.addAll(source.streams());
                line.run(Script.TIDY, arguments);
            }
        }
        return null;
    }
}
