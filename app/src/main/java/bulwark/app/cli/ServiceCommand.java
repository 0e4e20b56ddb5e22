package bulwark.app.cli;

import bulwark.kernel.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A command that runs a service in this process, with settings from the environment and the working directory's {@code .env}, or prints them. */
public abstract class ServiceCommand implements Callable<Integer> {
    protected final CommandContext context;
    private final Configuration.Schema schema;

    @Option(
            names = "--show-config",
            description = "Print name, value, source and purpose of every setting, secrets hidden, and exit.")
    private boolean showConfig;

    protected ServiceCommand(CommandContext context, Configuration.Schema schema) {
        this.context = context;
        this.schema = schema;
    }

    @Override
    public final Integer call() throws Exception {
        return showConfig
                ? ShowConfig.print(
                        Configuration.inspect(schema, context.environment(), context.directory()),
                        context.out(),
                        context.err())
                : run();
    }

    /** Returns the exit code when the service has ended. */
    protected abstract int run() throws Exception;

    /** Read anew at each call. @throws Configuration.ConfigurationRefused with every fault at once */
    protected final Configuration settings() {
        return Configuration.read(schema, context.environment(), context.directory());
    }
}
