package bulwark.bench;

import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the figures come from. */
public final class Machine {
    private Machine() {}

    public static String describe() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).getFirst().replaceAll("[^0-9]", "");
        return processor + ", " + Runtime.getRuntime().availableProcessors() + " cores shared by node and client, "
                + Long.parseLong(memory) / (1 << 20) + " GiB, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + "; JDK " + System.getProperty("java.vendor") + " "
                + Runtime.version() + "; " + Signing.fastest().describe()
                + "; SQLite WAL, synchronous=FULL: an answer follows its sync";
    }
}
