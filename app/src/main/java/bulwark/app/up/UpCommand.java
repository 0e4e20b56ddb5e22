package bulwark.app.up;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything, hardened, on loopback: creates what is missing, starts the children of each part, prints how to use it. */
@Command(name = "up", description = "Start every part, hardened, on loopback. Ctrl-C drains and stops.")
public final class UpCommand implements Callable<Integer> {
    private final List<Part> parts;
    private final CommandContext context;

    @Option(names = "--port-base", description = "First of the ports, see below (default ${DEFAULT-VALUE}).")
    private int portBase = 8000;

    @Option(names = "--state", description = "Folder of keys, secrets and data (default .bulwark beside the program).")
    private Path state = Path.of(System.getProperty("bulwark.home", ".bulwark"));

    @Option(
            names = "--devnet",
            description =
                    "Add a network on this machine to try parts on, with people and keys; it ends with up. Never for"
                            + " production.")
    private boolean devnet;

    private UpCommand(List<Part> parts, CommandContext context) {
        this.parts = parts;
        this.context = context;
    }

    /** The command with the ports of each part in its help. */
    public static CommandLine of(List<Part> parts, CommandContext context) {
        CommandLine line = new CommandLine(new UpCommand(parts, context));
        line.getCommandSpec()
                .usageMessage()
                .footer(parts.stream()
                        .map(part -> "Ports of " + part.name() + ": " + part.ports() + ".")
                        .toArray(String[]::new));
        return line;
    }

    @Override
    public Integer call() throws Exception {
        if (portBase < 1024 || portBase > 64_000) {
            throw CommandFailed.usage("--port-base must lie between 1024 and 64000; got " + portBase);
        }
        StateFolder folder = new StateFolder(context.directory().resolve(state).normalize());
        List<ProvisionedPart> provisioned = new ArrayList<>();
        for (Part part : parts) {
            provisioned.add(
                    devnet
                            ? part.provisionDevnet(folder, portBase, context)
                            : part.provision(folder, portBase, context.clock()));
        }
        List<LocalService> services =
                provisioned.stream().flatMap(part -> part.services().stream()).toList();
        for (ProvisionedPart part : provisioned) {
            part.standBefore(services);
        }
        try (Supervisor supervisor = new Supervisor(Supervisor.PAUSES, context.err())) {
            Runtime.getRuntime().addShutdownHook(new Thread(supervisor::close, "stop"));
            for (ChildSpec.Order order : ChildSpec.Order.values()) {
                start(supervisor, provisioned, order);
            }
            for (ProvisionedPart part : provisioned) {
                finish(part);
            }
            provisioned.forEach(part -> part.welcome().forEach(context.out()::println));
            context.out().flush();
            supervisor.awaitStopped();
            return 0;
        }
    }

    /** What one part could not do once it ran is no reason to end the others. */
    private void finish(ProvisionedPart part) throws InterruptedException {
        try {
            part.afterStart(context);
        } catch (RuntimeException | IOException e) {
            context.err().println("up | " + e.getMessage() + "; everything else keeps running.");
        }
    }

    private static void start(Supervisor supervisor, List<ProvisionedPart> parts, ChildSpec.Order order)
            throws IOException, InterruptedException {
        for (ProvisionedPart part : parts) {
            for (ChildSpec child : part.children()) {
                if (child.order() == order) {
                    supervisor.add(child.name(), child::start, child::awaitReady, child.advice());
                }
            }
        }
        supervisor.awaitReady();
    }
}
