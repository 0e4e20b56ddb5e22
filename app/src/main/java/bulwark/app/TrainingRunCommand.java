package bulwark.app;

import bulwark.app.cli.CommandContext;
import bulwark.app.doctor.DoctorTrainingRun;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.app.up.TrainingRun;
import bulwark.kernel.error.CommandFailed;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What people type most, of every part, in the working folder: the run from which the launcher makes the start-up cache of all commands but those that have a cache of their own,
 * which {@code --list} names.
 */
@Command(name = "training-run", hidden = true, description = "Use the program once, in this throw-away folder.")
final class TrainingRunCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--list", description = "Print command and training run of each further cache instead.")
    private boolean list;

    TrainingRunCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            for (Part part : PartList.all()) {
                for (TrainingRun run : part.trainingRuns()) {
                    context.out().println(run.command() + " " + run.training());
                }
            }
            return 0;
        }
        Path folder = context.directory();
        if (folder.toFile().list() instanceof String[] there && there.length > 0) {
            throw new CommandFailed("a training run writes keys and settings: run it in an empty folder");
        }
        for (Part part : PartList.all()) {
            part.train(context, folder);
        }
        DoctorTrainingRun.run(context, folder.resolve("doctor"));
        return 0;
    }
}
