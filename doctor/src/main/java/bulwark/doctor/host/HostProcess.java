package bulwark.doctor.host;

import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process as the kernel's process table shows it (proc(5)): what it was started with, not what a file says that it would be started with.
 *
 * @param process as the target names it
 */
public record HostProcess(TargetProcess process) {
    /** @throws ProbeNotApplicable when the target's processes cannot be seen from here */
    public static List<HostProcess> of(Visit visit) {
        List<HostProcess> all =
                visit.target().processes().stream().map(HostProcess::new).toList();
        if (all.isEmpty() || !Files.isDirectory(Path.of("/proc/self"))) {
            throw new ProbeNotApplicable("not visible from here: the target names no process of this machine");
        }
        return all;
    }

    /** For people. */
    public String words() {
        return process.name() + " (process " + process.pid() + ")";
    }

    public Path folder() {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    /** @throws IOException naming the process, when it is gone or another user's */
    public List<String> commandLine() throws IOException {
        return zeroEnded("cmdline");
    }

    /** As {@code NAME=value}, from its start. */
    public List<String> environment() throws IOException {
        return zeroEnded("environ");
    }

    /** Values by name, from its start: what its settings were read from, beside the files of its {@link #directory}. */
    public Map<String, String> variables() throws IOException {
        Map<String, String> variables = new HashMap<>();
        for (String word : environment()) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                variables.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return variables;
    }

    /** In which it works now. */
    public Path directory() throws IOException {
        return folder().resolve("cwd").toRealPath();
    }

    private List<String> zeroEnded(String file) throws IOException {
        String text = new String(read(file), StandardCharsets.UTF_8);
        return Arrays.stream(text.split("\0")).filter(each -> !each.isEmpty()).toList();
    }

    /** The value behind a label of {@code /proc/PID/FILE}, whose lines are {@code label value…}. */
    public Optional<String> value(String file, String label) throws IOException {
        return new String(read(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).strip())
                .findFirst();
    }

    private byte[] read(String file) throws IOException {
        try {
            return Files.readAllBytes(folder().resolve(file));
        } catch (IOException e) {
            throw new IOException(words() + " cannot be looked at: it ended, or it is another user's", e);
        }
    }

    /** What its descriptors lead to. */
    public List<String> descriptors() throws IOException {
        List<String> targets = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder().resolve("fd"))) {
            for (Path descriptor : all) {
                targets.add(target(descriptor));
            }
        } catch (IOException e) {
            throw new IOException(words() + " cannot be looked at: it ended, or it is another user's", e);
        }
        return targets;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}
