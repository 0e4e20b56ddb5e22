package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Options that name a secret take it from standard input and never from the command line, which every process list and shell history shows. */
public final class SecretOption {
    private static final int MAX_BYTES = 4096;

    private SecretOption() {}

    /**
     * The first line of standard input when the option says {@code -}; empty when the option was not given.
     *
     * @param setting the variable to name in the refusal
     * @throws CommandFailed when the option holds the secret itself
     */
    public static Optional<String> read(String option, @Nullable String given, InputStream in, String setting)
            throws IOException {
        if (given == null) {
            return Optional.empty();
        }
        if (!given.equals("-")) {
            throw CommandFailed.usage(option
                    + " does not take a secret on the command line, where every process list shows it:" + " set "
                    + setting + " or " + setting + "_FILE, or give " + option + " - and the secret on standard input");
        }
        String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        return Optional.of(text.lines().findFirst().orElse("").strip());
    }
}
