package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Texts that an option holds itself, or names with {@code @FILE} or {@code -} for standard input. */
public final class TextInput {
    private TextInput() {}

    /** @throws CommandFailed naming the option when the bytes are no UTF-8 */
    public static String read(String option, String given, CommandContext context) throws IOException {
        if (given.equals("-")) {
            return utf8(option + " - (standard input)", context.in().readAllBytes());
        }
        return given.startsWith("@")
                ? utf8(
                        option + " " + given,
                        Files.readAllBytes(context.directory().resolve(given.substring(1))))
                : given;
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
