package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * For whoever restarts a node that is not well, such as a container engine: the owner's socket is asked, and then the main listener, under mutual TLS by a
 * handshake with the node's own certificate. Exit code 0 when both say so, 1 when one does not, 3 when no node runs.
 */
@Command(
        name = "health",
        description = "Ask the running node whether it is healthy: over its owner's socket, and over its main listener"
                + " with a handshake as callers make it.")
final class NodeHealthCommand implements Callable<Integer> {
    private static final String REQUEST =
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nUser-Agent: stigmem-health\r\nConnection: close\r\n\r\n";

    private final CommandContext context;

    @Mixin
    private final StoreOption store;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long each of the two answers may take (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 5;

    NodeHealthCommand(CommandContext context) {
        this.context = context;
        this.store = new StoreOption(context);
    }

    @Override
    public Integer call() throws IOException {
        Path file = store.file();
        Optional<RunFile> node = RunFile.ofRunning(file);
        if (node.isEmpty()) {
            context.err().println("no node serves " + file + ": start one, or name its store with --db");
            return ExitCode.NOT_RUNNING.plain();
        }
        if (timeoutSeconds < 1 || timeoutSeconds > 600) {
            throw CommandFailed.usage("--timeout is from 1 to 600 seconds");
        }
        List<String> problems = new ArrayList<>();
        askOwnerSocket(node.get().socket(), problems);
        askListener(node.get().ports().getOrDefault("port", 0), problems);
        problems.forEach(problem -> context.err().println("unhealthy: " + problem));
        if (problems.isEmpty()) {
            context.out().println("healthy");
        }
        return (problems.isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
    }

    private void askOwnerSocket(Path socket, List<String> problems) {
        try {
            Response answer = LocalSocket.call(
                    socket,
                    "POST",
                    "/local/health",
                    "{}".getBytes(StandardCharsets.UTF_8),
                    Duration.ofSeconds(timeoutSeconds));
            if (answer.status() != 200) {
                problems.add("the owner's socket answered " + answer.status() + ": "
                        + new String(answer.body(), StandardCharsets.UTF_8));
            }
        } catch (UncheckedIOException e) {
            problems.add("the owner's socket does not answer: " + e.getMessage());
        }
    }

    private void askListener(int port, List<String> problems) {
        Configuration settings = store.settings();
        String address = NodeSettings.host(settings);
        try {
            // Bound to every address: this machine's own will do.
            InetAddress host = InetAddress.getByName(address);
            if (host.isAnyLocalAddress()) {
                host = InetAddress.getLoopbackAddress();
            }
            String status = NodeSettings.mutualTls(settings)
                    ? overMutualTls(settings, new InetSocketAddress(host, port))
                    : overPlainHttp(new InetSocketAddress(host, port));
            if (!status.startsWith("HTTP/1.1 200 ")) {
                problems.add("the listener on port " + port + " answered: " + status);
            }
        } catch (IOException | RuntimeException e) {
            problems.add("the listener on port " + port + " does not answer: " + e.getMessage());
        }
    }

    private String overMutualTls(Configuration settings, InetSocketAddress address) throws IOException {
        TlsFiles files = new TlsFiles(
                file(settings, "STIGMEM_TLS_CERT_PATH"),
                file(settings, "STIGMEM_TLS_KEY_PATH"),
                file(settings, "STIGMEM_TLS_CA_BUNDLE"));
        try (ReloadingTls tls = ReloadingTls.load(files, context.clock());
                Socket plain = connect(address);
                SSLSocket socket = (SSLSocket) tls.context()
                        .getSocketFactory()
                        .createSocket(plain, address.getHostString(), address.getPort(), true)) {
            return statusLine(socket);
        }
    }

    private ConfiguredPath file(Configuration settings, String setting) {
        return new ConfiguredPath(context.directory().resolve(settings.text(setting)), setting);
    }

    private String overPlainHttp(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            return statusLine(socket);
        }
    }

    private Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(timeoutSeconds * 1000);
            socket.connect(address, timeoutSeconds * 1000);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String statusLine(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        return line == null ? "nothing" : line;
    }
}
