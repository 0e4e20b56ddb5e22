package bulwark.app.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only holds others: without one of them it prints how they are used. */
public abstract class CommandGroup implements Runnable {
    private final CommandContext context;

    @Spec
    private @Nullable CommandSpec spec;

    protected CommandGroup(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(context.out());
        }
    }
}
