package bulwark.seats.secret;

import bulwark.kernel.config.DotEnv;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.settings.SeatSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The file {@code .env} of a deployment, as far as it holds the two HMAC secrets. Written whole or not at all, for its owner alone. For one thread. */
public final class SecretsFile {
    private static final String MADE = "# made ";
    private static final List<String> NAMES = List.of(SeatSettings.SESSION_SECRET, SeatSettings.STEP_UP_SECRET);

    private final Path file;
    private final Clock clock;

    public SecretsFile(Path folder, Clock clock) {
        this.file = folder.resolve(".env");
        this.clock = clock;
    }

    public Path path() {
        return file;
    }

    /**
     * @param further settings that the new file holds too, {@code NAME=VALUE} each
     * @throws CommandFailed when the file is there: what it holds is not overwritten
     */
    public void generate(String... further) throws IOException {
        if (Files.exists(file)) {
            throw CommandFailed.negative(
                    file + " is there and is left as it is: run seat-manager secrets rotate session"
                            + " or step-up for one fresh secret, or move the file away");
        }
        List<String> lines = new ArrayList<>();
        lines.add("# Settings of this deployment. Keep the file out of version control, and its mode at 600.");
        for (String name : NAMES) {
            lines.addAll(fresh(name));
        }
        lines.addAll(List.of(further));
        write(lines);
    }

    /** Puts a fresh value in the place of the one that the file holds, and leaves every other line as it is. */
    public void rotate(String name) throws IOException {
        if (!Files.exists(file)) {
            throw CommandFailed.negative(file + " is not there: run seat-manager secrets generate, or rotate the secret"
                    + " where your deployment keeps it");
        }
        OwnerOnlyFiles.check(file);
        List<String> lines = new ArrayList<>();
        boolean found = false;
        for (String line : Files.readAllLines(file)) {
            if (!assigns(line, name)) {
                lines.add(line);
                continue;
            }
            if (!lines.isEmpty() && lines.getLast().startsWith(MADE)) {
                lines.removeLast();
            }
            if (!found) {
                lines.addAll(fresh(name));
            }
            found = true;
        }
        if (!found) {
            throw CommandFailed.negative(
                    name + " does not stand in " + file + ": rotate it where your deployment keeps it");
        }
        write(lines);
    }

    /** When the file says that the secret was made; where it does not say so, when it was last written. */
    public Instant made(String name) throws IOException {
        String before = "";
        for (String line : Files.readAllLines(file)) {
            if (assigns(line, name) && before.startsWith(MADE)) {
                Optional<Instant> said =
                        Timestamps.parse(before.substring(MADE.length()).strip());
                if (said.isPresent()) {
                    return said.get();
                }
            }
            before = line;
        }
        return Files.getLastModifiedTime(file).toInstant();
    }

    private static boolean assigns(String line, String name) {
        return DotEnv.parse(line).values().containsKey(name);
    }

    private List<String> fresh(String name) {
        String value = HexFormat.of().formatHex(Signing.fastest().random32().expose(SecretAccess.grant()));
        return List.of(MADE + Timestamps.zulu(clock.instant()), name + "=" + value);
    }

    private void write(List<String> lines) throws IOException {
        OwnerOnlyFiles.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
