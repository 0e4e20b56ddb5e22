package bulwark.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections the process has file descriptors for. */
final class DescriptorLimit {
    /** For the store, the logs, the jars and the listeners themselves. */
    private static final int RESERVED = 96;

    private static final int MIN_CONNECTIONS = 16;
    private static final String LINE = "Max open files";

    private DescriptorLimit() {}

    /** @param limits {@code /proc/self/limits}; where there is none (not Linux) nothing is limited here */
    static int connections(Path limits) {
        try {
            return Files.readAllLines(limits).stream()
                    .filter(line -> line.startsWith(LINE))
                    .map(line -> line.substring(LINE.length()).strip().split(" +")[0])
                    .filter(soft -> soft.matches("[0-9]{1,9}"))
                    .mapToInt(soft -> Math.max(MIN_CONNECTIONS, Integer.parseInt(soft) - RESERVED))
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }
}
