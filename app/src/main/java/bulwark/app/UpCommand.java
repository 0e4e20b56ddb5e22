package bulwark.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything, hardened, on loopback: creates what is missing, starts one child for each part, prints how to use it. */
@Command(name = "up", description = "Start every part, hardened, on loopback. Ctrl-C drains and stops.")
final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--port-base",
            description = "First of the ports: plain HTTP on N, mutual TLS on N+765 (default ${DEFAULT-VALUE}).")
    private int portBase = 8000;

    @Option(names = "--state", description = "Where keys, secrets and data live (default .bulwark beside the program).")
    private Path state = Path.of(System.getProperty("bulwark.home", ".bulwark"));

    @Override
    public Integer call() throws Exception {
        if (portBase < 1024 || portBase > 64_000) {
            throw new CommandFailed("--port-base must lie between 1024 and 64000; got " + portBase);
        }
        FactsSetup setup = FactsSetup.openOrCreate(state.toAbsolutePath().resolve("facts"), portBase);
        try (Child child = Child.start("facts", setup.directory(), setup.environment(), "stigmem-node")) {
            Runtime.getRuntime().addShutdownHook(new Thread(child::close, "stop"));
            if (!child.awaitReady(setup.runFile())) {
                throw new CommandFailed("the fact node did not start; its own words are above");
            }
            setup.welcome(System.out);
            int code = child.awaitEnd();
            if (code != 0) {
                throw new CommandFailed("the fact node ended with code " + code
                        + "; its own words are above. After a disk fault run: bin/stigmem fsck --db "
                        + setup.directory().resolve("stigmem.db"));
            }
            return 0;
        }
    }
}
