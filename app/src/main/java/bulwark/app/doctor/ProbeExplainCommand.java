package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One probe in words. */
@Command(name = "explain", description = "Say what a probe looks at, who demands it, what it costs and how to mend it.")
final class ProbeExplainCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "ID", description = "Id of the probe, for instance HOST-FILES-01.")
    private String id = "";

    ProbeExplainCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ProbeList.explain(context.out(), ProbeCatalogue.one(id).description());
        return 0;
    }
}
