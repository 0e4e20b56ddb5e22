package bulwark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process. */
public final class ProcessFigures {
    private static final double TICKS_PER_SECOND = 100;

    private ProcessFigures() {}

    /** Seconds of CPU, user and system, of all its threads so far. */
    public static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Largest resident set so far, MiB. */
    public static long peakMemory(long pid) throws IOException {
        return kibibytes(pid, "VmHWM:") / 1024;
    }

    /** Resident set now without mapped files, which the kernel can drop, MiB. */
    public static long anonymousMemory(long pid) throws IOException {
        return kibibytes(pid, "RssAnon:") / 1024;
    }

    /** Resident set now, KiB. */
    public static long residentKibibytes(long pid) throws IOException {
        return kibibytes(pid, "VmRSS:");
    }

    private static long kibibytes(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .sum();
    }
}
