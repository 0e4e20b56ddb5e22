package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A real execution client, ethereumjs, on loopback: it makes no block by itself and is driven over the Engine API, as a consensus client
 * does. Starts in five seconds and holds 170 MB. Used by one thread.
 */
public final class ExecutionClient implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(4);

    private final Path folder;
    private final ProgramProcess process;
    private final URI uri;
    private final JsonRpc rpc;
    private final JsonRpc engine;

    private ExecutionClient(Path folder, ProgramProcess process, int port, int enginePort) {
        this.folder = folder;
        this.process = process;
        this.uri = URI.create("http://127.0.0.1:" + port);
        this.rpc = new JsonRpc(uri);
        this.engine = new JsonRpc(URI.create("http://127.0.0.1:" + enginePort));
    }

    /** @param genesis as geth writes it; its time must be near now, or the client takes no transaction */
    public static ExecutionClient start(String genesis) {
        int port = FreePort.next();
        int enginePort = FreePort.next();
        try {
            Path folder = Files.createTempDirectory("ethereumjs");
            Files.writeString(folder.resolve("genesis.json"), genesis);
            Path program = ChainPrograms.modules().resolve("@ethereumjs/client/dist/esm/bin/cli.js");
            ProgramProcess process = ProgramProcess.start(
                    folder,
                    Map.of("HOME", folder.toString()),
                    folder.resolve("ethereumjs.log"),
                    List.of(
                            "node",
                            program.toString(),
                            "--gethGenesis=genesis.json",
                            "--isSingleNode",
                            "--rpc",
                            "--rpcAddr=127.0.0.1",
                            "--rpcPort=" + port,
                            "--rpcEngine",
                            "--rpcEngineAddr=127.0.0.1",
                            "--rpcEnginePort=" + enginePort,
                            "--rpcEngineAuth=false",
                            "--saveReceipts",
                            "--discDns=false",
                            "--discV4=false",
                            "--dataDir=data",
                            "--port=" + FreePort.next()));
            ExecutionClient client = new ExecutionClient(folder, process, port, enginePort);
            Runtime.getRuntime().addShutdownHook(new Thread(client::endProcess));
            process.awaitReady(
                    START_TIMEOUT,
                    () -> client.rpc.answer("eth_chainId").has("result")
                            && client.engine
                                    .answer("engine_exchangeCapabilities", List.of())
                                    .has("result"));
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of its open JSON-RPC. */
    public URI uri() {
        return uri;
    }

    public JsonNode call(String method, Object... parameters) {
        return rpc.call(method, parameters);
    }

    /** Over the port that a consensus client uses. */
    JsonNode engine(String method, Object... parameters) {
        return engine.call(method, parameters);
    }

    private void endProcess() {
        try {
            process.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        endProcess();
        rpc.close();
        engine.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
