package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.app.stem.StemCommand;
import bulwark.app.up.Part;
import bulwark.app.up.ProvisionedPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Signed background tasks: a worker and a beat. */
final class TasksPart implements Part {
    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(StemCommand.class);
    }

    /** {@code stem} has exit codes of its own. */
    @Override
    public Optional<Callable<Integer>> directCommand(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getFirst().equals("stem")
                ? Optional.of(() ->
                        Stem.execute(arguments.subList(1, arguments.size()).toArray(String[]::new)))
                : Optional.empty();
    }

    @Override
    public String ports() {
        return "metrics of the worker on N+300, of the beat on N+301";
    }

    @Override
    public ProvisionedPart provision(Path state, int portBase) throws IOException {
        return TasksProvisioning.openOrCreate(state, portBase);
    }
}
