package bulwark.doctor.host;

import bulwark.kernel.error.PrintableText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of this machine that makes one change. */
final class HostCommand {
    private static final int TIMEOUT_SECONDS = 10;

    private HostCommand() {}

    /** @throws IOException with its words when it failed, is not there or does not end in ten seconds */
    static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command[0] + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new IOException(command[0] + " failed: " + PrintableText.of(words));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(command[0] + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
