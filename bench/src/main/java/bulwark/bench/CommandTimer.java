package bulwark.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** Times commands by the shell's own stop watch, which counts the processor time of everything that a launcher starts. */
public final class CommandTimer {
    private final Path folder;

    /** @param folder in which they run, and where the output of the last one lies */
    public CommandTimer(Path folder) {
        this.folder = folder;
    }

    /** Of one run. @param wall seconds @param cpu seconds, user and system */
    public record Times(double wall, double cpu) {}

    /** @throws IllegalStateException when the command ends with another code than 0 */
    public Times time(String... command) {
        return time(Set.of(0), command);
    }

    /** @param codes with which it may end */
    public Times time(Set<Integer> codes, String... command) {
        String[] shell = {"bash", "-c", "TIMEFORMAT='%R %U %S'; time \"$@\" >\"$0\" 2>\"$0.err\"", output().toString()};
        String[] all = Arrays.copyOf(shell, shell.length + command.length);
        System.arraycopy(command, 0, all, shell.length, command.length);
        try {
            Process process = new ProcessBuilder(all)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String times = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!codes.contains(process.waitFor())) {
                throw new IllegalStateException(
                        String.join(" ", command) + " failed: " + Files.readString(Path.of(output() + ".err")));
            }
            double[] seconds = Arrays.stream(times.strip().split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new Times(seconds[0], seconds[1] + seconds[2]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the last command printed. */
    public Path output() {
        return folder.resolve("command-output");
    }
}
