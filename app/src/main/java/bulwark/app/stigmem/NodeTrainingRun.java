package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.facts.node.FactsNode;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;

/**
 * Starts a node on a throw-away store in the working folder, uses it, stops, and once more on what is there then: the run from which the launcher makes the node's start-up
 * cache. Every class of the cache is loaded at each start, so this loads nothing that a node does not: its requests are written by hand. Needs the folder {@code tls} that
 * {@link FactsPart#train} leaves.
 */
final class NodeTrainingRun {
    private final CommandContext context;

    private static final String FACT =
            "{\"entity\":\"stigmem://demo/team/blue\",\"relation\":\"memory:prefers\",\"value\":\"tea\",\"scope\":\"company\"}";
    private static final String QUESTION = "{\"query\":\"tea\",\"scope\":\"company\"}";

    private final String key =
            HexFormat.of().formatHex(Signing.fastest().random32().expose(SecretAccess.grant()));

    NodeTrainingRun(CommandContext context) {
        this.context = context;
    }

    int run() throws Exception {
        Path directory = context.directory();
        if (Files.exists(directory.resolve("stigmem.db"))) {
            throw new CommandFailed("a training run writes facts: run it in a folder without a store");
        }
        TlsFiles files = FactsProvisioning.tlsFiles(directory.resolve("tls"));
        Map<String, String> settings = Map.of(
                "STIGMEM_ADMIN_KEY", key,
                "STIGMEM_HOST", "127.0.0.1",
                "STIGMEM_PORT", Integer.toString(freePort()),
                "STIGMEM_LOCAL_HTTP_PORT", Integer.toString(freePort()),
                "STIGMEM_TLS_CERT_PATH", files.certificate().toString(),
                "STIGMEM_TLS_KEY_PATH", files.privateKey().toString(),
                "STIGMEM_TLS_CA_BUNDLE", String.valueOf(files.caBundle()));
        for (int start = 0; start < 2; start++) {
            try (FactsNode node = FactsNode.start(settings, directory, context.clock())) {
                NodeRunner.obeyHangup(node);
                useOnce(node, files);
            }
        }
        return 0;
    }

    private void useOnce(FactsNode node, TlsFiles files) throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ReloadingTls tls = ReloadingTls.load(files, context.clock());
                Socket socket = tls.context().getSocketFactory().createSocket(here, node.port())) {
            expect(200, exchange(socket, "GET", "/healthz", ""));
        }
        send(node, 201, "POST", "/v1/facts", FACT);
        send(node, 200, "GET", "/v1/facts?entity=stigmem%3A%2F%2Fdemo%2Fteam%2Fblue", "");
        send(node, 200, "POST", "/v1/recall", QUESTION);
        send(node, 200, "GET", "/metrics", "");
        send(node, 404, "GET", "/v1/facts/none", "");
    }

    private void send(FactsNode node, int expected, String method, String target, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.plainPort())) {
            expect(expected, exchange(socket, method, target, body));
        }
    }

    private String exchange(Socket socket, String method, String target, String body) throws IOException {
        socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
        OutputStream out = socket.getOutputStream();
        out.write((method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + key
                        + "\r\nStigmem-Verify: full\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void expect(int status, String answer) {
        if (!answer.startsWith("HTTP/1.1 " + status + " ")) {
            throw new CommandFailed("the training run expected " + status + " and got: " + answer);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
