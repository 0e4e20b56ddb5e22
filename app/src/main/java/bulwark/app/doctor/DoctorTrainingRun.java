package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandTree;
import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A visit to a target that is not there, and a bundle that is verified, in a throw-away folder: what the start-up cache of all commands learns of the doctor. */
public final class DoctorTrainingRun {
    private static final String NOBODY =
            "{\"name\":\"nobody\",\"parts\":{\"facts\":{\"plain_url\":\"http://localhost:1\",\"tls_url\":\"https://localhost:1\"}}}";

    private DoctorTrainingRun() {}

    public static void run(CommandContext context, Path folder) throws IOException {
        OwnerOnlyFiles.createDirectory(folder);
        Path target = folder.resolve("target.json");
        OwnerOnlyFiles.write(target, NOBODY.getBytes(StandardCharsets.UTF_8));
        Path memory = folder.resolve("memory");
        int code = new CommandTree(DoctorCommand.class, context, ExitCode::plain)
                .execute("--quiet", "--part", "facts", "--target", target.toString(), "--memory", memory.toString());
        if (code != DoctorCommand.NOT_WHOLE) {
            throw new CommandFailed("a visit to nobody ended with code " + code);
        }
        verify(context, folder);
    }

    private static void verify(CommandContext context, Path folder) throws IOException {
        Instant now = context.clock().instant();
        try (PostureArchive archive = PostureArchive.open(folder.resolve("posture"), context.clock())) {
            Path bundle = archive.write(
                    folder,
                    new byte[] {'{', '}'},
                    Map.of(),
                    new PostureStatement.Visited("nobody", "training", now, now),
                    new PostureStatement.Verdicts(
                            List.of("HOST-FILES-01"), List.of(), List.of(), List.of(), List.of(), List.of()),
                    null);
            int code = new CommandTree(VerifyBundleCommand.class, context, ExitCode::plain)
                    .execute(bundle.toString(), "--policy", archive.policyFile().toString());
            if (code != 0) {
                throw new CommandFailed("a bundle of this program's own was not verified: code " + code);
            }
        }
    }
}
