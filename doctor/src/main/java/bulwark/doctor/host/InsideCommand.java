package bulwark.doctor.host;

import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.error.PrintableText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that is run inside of a container, behind the words of the target's {@code exec}, for instance {@code podman exec stigmem-node}. No shell reads them.
 *
 * @param code with which it ended
 * @param words what it printed, one line
 */
record InsideCommand(int code, String words) {
    private static final int TIMEOUT_SECONDS = 12;
    private static final int MAX_BYTES = 4096;

    /**
     * @throws ProbeNotApplicable when the target names no such words
     * @throws IOException when the runtime cannot be started, does not end in time, or has no such program inside
     */
    static InsideCommand run(Visit visit, String... command) throws IOException, InterruptedException {
        if (visit.target().exec().isEmpty()) {
            throw new ProbeNotApplicable("the target has no exec: nothing of it runs inside of a container");
        }
        List<String> all = new ArrayList<>(visit.target().exec());
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(all.getFirst() + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            String words = PrintableText.of(
                    new String(process.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip());
            if (process.exitValue() == 126 || process.exitValue() == 127 || process.exitValue() == 125) {
                throw new IOException(String.join(" ", command) + " cannot be run inside: " + words);
            }
            return new InsideCommand(process.exitValue(), words);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
