package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.plan.PlanRefused;
import bulwark.seats.plan.VaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Plans and creation code as commands find them in files. */
final class SeatPlanFiles {
    private static final int MAX_BYTES = 1 << 20;

    private SeatPlanFiles() {}

    /** A plan by itself, or an answer of the API that holds one. @throws CommandFailed naming every field that is wrong */
    static Plan plan(CommandContext context, String file) {
        byte[] text = read(context, file);
        try {
            JsonNode document = StrictJson.parse(text);
            JsonNode inner = document.get("plan");
            return PlanReader.read(inner != null && inner.isObject() ? inner : document);
        } catch (StrictJson.JsonRefused e) {
            throw CommandFailed.usage(file + " is no plan: " + e.getMessage());
        } catch (PlanRefused e) {
            throw CommandFailed.usage(file + " is no plan: " + String.join("; ", e.faults()));
        }
    }

    /** @param given a digest, or a file with its plan */
    static String digest(CommandContext context, String given) {
        return given.matches("[0-9a-f]{64}")
                ? given
                : plan(context, given).digest().text();
    }

    static @Nullable VaultCode code(CommandContext context, @Nullable String file) {
        return file == null
                ? null
                : VaultCode.parse(read(context, file))
                        .orElseThrow(() -> CommandFailed.usage(file + " holds no creation code: hexadecimal digits"));
    }

    static byte[] read(CommandContext context, String file) {
        try {
            Path path = context.directory().resolve(file);
            byte[] bytes = file.equals("-") ? context.in().readNBytes(MAX_BYTES + 1) : Files.readAllBytes(path);
            if (bytes.length > MAX_BYTES) {
                throw CommandFailed.usage(file + " is larger than a plan can be");
            }
            return bytes;
        } catch (IOException e) {
            throw CommandFailed.usage(file + " cannot be read (" + ConfiguredPath.reason(e) + ")");
        }
    }
}
