package bulwark.app.cli;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that an option holds itself, or names with {@code @FILE} or {@code -} for standard input. */
public final class TextInput {
    private TextInput() {}

    /** @throws CommandFailed naming the option when the file cannot be read, or the bytes are no UTF-8 */
    public static String read(String option, String given, CommandContext context) throws IOException {
        if (given.equals("-")) {
            return utf8(option + " - (standard input)", context.in().readAllBytes());
        }
        return given.startsWith("@") ? utf8(option + " " + given, file(option, given, context)) : given;
    }

    private static byte[] file(String option, String given, CommandContext context) {
        Path file = context.directory().resolve(given.substring(1));
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CommandFailed.usage(option + " " + given + " cannot be read (" + ConfiguredPath.reason(e)
                    + "): name a file that you can read, or - for standard input");
        }
    }

    private static String utf8(String origin, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CommandFailed.usage(origin + " is not UTF-8: save it as UTF-8");
        }
    }
}
