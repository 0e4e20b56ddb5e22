package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.tasks.setup.TlsAssets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Certificates for a Redis with mutual TLS. */
@Command(
        name = "tls",
        mixinStandardHelpOptions = true,
        description = "Certificates for a Redis with mutual TLS.",
        subcommands = TlsCommand.Generate.class)
final class TlsCommand extends CommandGroup {
    TlsCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "generate",
            mixinStandardHelpOptions = true,
            description = "Make a certificate authority, a server and a client certificate.")
    static final class Generate implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(index = "0", arity = "0..1", description = "Folder (default ${DEFAULT-VALUE}).")
        private String folder = ".certs";

        @Parameters(
                index = "1",
                arity = "0..1",
                description = "Hosts of the server, the primary one first (default ${DEFAULT-VALUE}).")
        private String hosts = "stem.local";

        @Parameters(index = "2", arity = "0..1", description = "Additional host names of the server.")
        private @Nullable String further;

        @Option(names = "--days", description = "How long the certificates are good (default ${DEFAULT-VALUE}).")
        private int days = 365;

        @Option(names = "--client-name", description = "Common name of the client (default ${DEFAULT-VALUE}).")
        private String clientName = "stem-client";

        @Option(names = "--group", description = "Group that may read server.key too, for a Redis under another user.")
        private @Nullable String group;

        @Option(names = "--force", description = "Replace certificates that are there, the authority included.")
        private boolean force;

        Generate(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (days < 1 || days > 3650) {
                throw CommandFailed.usage("--days lies between 1 and 3650");
            }
            TlsAssets assets = assets();
            List<String> existing = assets.existing();
            if (!existing.isEmpty() && !force) {
                throw CommandFailed.usage(folder + " already has " + String.join(", ", existing)
                        + ": choose another folder, or replace them, the authority included, with --force");
            }
            assets.make(context.clock());
            assets.report(folder).forEach(context.out()::println);
            return 0;
        }

        private TlsAssets assets() {
            try {
                String names = further == null ? hosts : hosts + "," + further;
                return new TlsAssets(
                        Path.of(folder),
                        List.of(names.split(",")).stream().distinct().toList(),
                        clientName,
                        Duration.ofDays(days),
                        group);
            } catch (IllegalArgumentException e) {
                throw CommandFailed.usage(String.valueOf(e.getMessage()));
            }
        }
    }
}
