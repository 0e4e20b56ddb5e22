package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.export.ExportOptions;
import bulwark.gateway.export.HaproxyExport;
import bulwark.gateway.export.NginxExport;
import bulwark.gateway.files.GatewayDocument;
import bulwark.gateway.files.RouteFiles;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The routes of the running gateway, or of a folder, in another form. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Write routes and policies as files into a folder, or the routes as a configuration of nginx or HAProxy to standard output.")
final class ExportCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final AdminConnection gateway;

    @Parameters(
            paramLabel = "nginx|haproxy|DIR",
            description = "What to write; a folder is made and must hold no routes.")
    private String target = "";

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "Read the routes of a folder instead of a running gateway's.")
    private @Nullable Path from;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of plain HTTP in the configuration (default: 8080).")
    private int port = 8080;

    @Option(
            names = "--tls-port",
            paramLabel = "PORT",
            description = "Port of TLS in the configuration (default: 8443).")
    private int tlsPort = 8443;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description =
                    "Certificate chain (PEM) that the other proxy serves; for HAProxy with the key in the same file.")
    private @Nullable String certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Private key (PEM) of that certificate, for nginx.")
    private @Nullable String key;

    ExportCommand(CommandContext context) {
        this.context = context;
        this.gateway = new AdminConnection(context);
    }

    @Override
    public Integer call() throws Exception {
        boolean nginx = target.equals("nginx");
        if (nginx && (certificate == null) != (key == null)) {
            throw CommandFailed.usage("nginx needs --cert and --key together");
        }
        GatewayDocument document = from == null
                ? gateway.document()
                : RouteFolder.read(context.directory().resolve(from));
        try {
            if (nginx || target.equals("haproxy")) {
                ExportOptions options = new ExportOptions(port, tlsPort, certificate, key);
                context.out()
                        .print(
                                nginx
                                        ? NginxExport.of(document.routes(), options)
                                        : HaproxyExport.of(document.routes(), options));
                context.err()
                        .println(
                                "note: identity, quotas, policies and decision records are the gateway's and are not exported");
            } else {
                RouteFiles.write(context.directory().resolve(target), document);
                context.out().println("exported: " + document.count());
            }
        } catch (RoutesRefused e) {
            throw new CommandFailed(String.join("\n", e.sentences()));
        } catch (IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
        return 0;
    }
}
