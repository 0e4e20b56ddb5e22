package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.storage.StoreInUse;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.setup.TaskSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The key that signs the heads of the evidence of workers and beats is replaced. */
@Command(
        name = "rotate-key",
        mixinStandardHelpOptions = true,
        description = "Replace the log key of each evidence file whose worker or beat is stopped.")
final class RotateLogKeyCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings;

    @Option(
            names = "--distrust",
            paramLabel = "REASON",
            description = "End all trust in the former key, too; the reason stands in the log.")
    private String reason = "";

    RotateLogKeyCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() {
        List<Path> files =
                TaskEvidence.files(TaskSettings.stateDirectory(settings.configuration(), settings.directory()));
        if (files.isEmpty()) {
            settings.session().out().println("no evidence is here (see --state)");
        }
        boolean all = true;
        for (Path file : files) {
            all &= rotate(file);
        }
        return all ? 0 : ExitCode.NEGATIVE.sysexit();
    }

    private boolean rotate(Path file) {
        TaskEvidence.Options options =
                new TaskEvidence.Options(TaskSettings.headFolder(settings.configuration(), settings.directory()), "");
        try (TaskEvidence evidence = TaskEvidence.of(file, settings.session().clock(), options)) {
            HeadSigner.RotatedKey rotated = evidence.rotateLogKey(reason);
            settings.session()
                    .out()
                    .println(file.getFileName() + ": the log key " + rotated.oldKeyId()
                            + (reason.isEmpty() ? " signs no more; " : " is distrusted; ") + rotated.newKeyId()
                            + " signs from now on");
            return true;
        } catch (StoreInUse inUse) {
            settings.session()
                    .err()
                    .println(file.getFileName() + ": in use; stop its worker or beat, and run this again");
        } catch (LogUnavailable e) {
            settings.session().err().println(file.getFileName() + ": the log cannot be written: " + e.getMessage());
        }
        return false;
    }
}
