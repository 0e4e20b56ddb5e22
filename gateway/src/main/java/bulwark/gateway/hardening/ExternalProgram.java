package bulwark.gateway.hardening;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Another program that knows more than this one: kubectl, git. */
final class ExternalProgram {
    private static final int MAX_ERROR_CHARS = 300;

    private ExternalProgram() {}

    /** @throws IOException when the program is not there, or ends with another code than 0; the message has what it said */
    static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            String line = said.strip().replaceAll("\\s+", " ");
            throw new IOException(command.getFirst() + " ended with code " + process.exitValue()
                    + (line.isEmpty()
                            ? " and said nothing"
                            : ": " + line.substring(0, Math.min(MAX_ERROR_CHARS, line.length()))));
        }
        return said;
    }
}
