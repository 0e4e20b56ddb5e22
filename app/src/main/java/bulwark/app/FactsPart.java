package bulwark.app;

import bulwark.app.up.Part;
import bulwark.app.up.ProvisionedPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The fact node. */
final class FactsPart implements Part {
    @Override
    public String name() {
        return "facts";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(NodeCommand.class, StigmemCommand.class);
    }

    @Override
    public Optional<Callable<Integer>> directCommand(List<String> arguments) {
        return switch (arguments.size() == 1 ? arguments.getFirst() : "") {
            case "stigmem-node" -> Optional.of(() -> new NodeRunner().run());
            case "node-training-run" -> Optional.of(() -> new NodeTrainingRun().run());
            default -> Optional.empty();
        };
    }

    @Override
    public String ports() {
        return "plain HTTP on N, mutual TLS on N+765";
    }

    @Override
    public ProvisionedPart provision(Path state, int portBase) throws IOException {
        return FactsProvisioning.openOrCreate(state.resolve(name()), portBase);
    }
}
