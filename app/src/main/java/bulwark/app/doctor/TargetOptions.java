package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetFile;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which deployment, and where what is known of it lies. */
final class TargetOptions {
    private static final String CREDENTIALS = "credentials";

    private final CommandContext context;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "State folder of ./bulwark up: everything is found in it (default .bulwark beside the program).")
    private @Nullable Path state;

    @Option(
            names = "--target",
            paramLabel = "FILE",
            description = "Target file instead, for a deployment that is reached over the network.")
    private @Nullable Path file;

    @Option(
            names = "--memory",
            paramLabel = "DIR",
            description =
                    "Folder of what is remembered between visits (default: bulwark/doctor in the user's state folder). Keep it out of the deployment and of its backups.")
    private @Nullable Path memory;

    TargetOptions(CommandContext context) {
        this.context = context;
    }

    Path memory() {
        if (memory != null) {
            return context.directory().resolve(memory).normalize();
        }
        String home = context.environment().getOrDefault("XDG_STATE_HOME", "");
        Path base = home.isEmpty()
                ? Path.of(context.environment().getOrDefault("HOME", System.getProperty("user.home")), ".local/state")
                : Path.of(home);
        return base.resolve("bulwark/doctor");
    }

    /** @throws CommandFailed when nothing runs there, or both kinds of target are named */
    Target find() throws IOException {
        if (file != null) {
            if (state != null) {
                throw CommandFailed.usage(
                        "--state and --target exclude each other: a target file may name a state folder");
            }
            return TargetFile.read(context.directory().resolve(file));
        }
        Path folder = folder();
        if (!Files.isDirectory(folder)) {
            throw CommandFailed.usage(folder + " is no folder: start ./bulwark up, or name its folder with --state");
        }
        String name = name(folder);
        Enrolment enrolment = new Enrolment(memory().resolve(name).resolve(CREDENTIALS));
        return PartLocator.locate(name, folder, enrolment, ProbeCatalogue.parts());
    }

    private Path folder() throws IOException {
        Path given = state != null ? state : Path.of(System.getProperty("bulwark.home", ".bulwark"));
        Path folder = context.directory().resolve(given).normalize();
        return Files.exists(folder) ? folder.toRealPath() : folder;
    }

    /** Two folders of one name are two targets. */
    private static String name(Path folder) {
        String last = String.valueOf(folder.getFileName()).replaceAll("[^A-Za-z0-9]", "");
        return (last.isEmpty() ? "state" : last) + "-"
                + Digests.sha256Hex(folder.toString()).substring(0, 12);
    }
}
