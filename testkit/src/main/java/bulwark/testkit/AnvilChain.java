package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A chain of its own on loopback, made by anvil: up in a tenth of a second, a block for each transaction, time that a test turns. Its
 * accounts hold 10,000 coins each and sign by themselves. It takes signatures with a high s, and has no predeploy of EIP-7002. Used by one thread.
 */
public final class AnvilChain implements AutoCloseable {
    private static final Duration RECEIPT_INTERVAL = Duration.ofMillis(5);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final long GAS = 12_000_000;

    private final Path folder;
    private final ProgramProcess process;
    private final URI uri;
    private final JsonRpc rpc;

    private AnvilChain(Path folder, ProgramProcess process, URI uri) {
        this.folder = folder;
        this.process = process;
        this.uri = uri;
        this.rpc = new JsonRpc(uri);
    }

    /** Chain 286, at the fork Prague. */
    public static AnvilChain start() {
        return start(286);
    }

    public static AnvilChain start(long chainId) {
        int port = FreePort.next();
        try {
            Path folder = Files.createTempDirectory("anvil");
            ProgramProcess process = ProgramProcess.start(
                    folder,
                    Map.of("HOME", folder.toString(), "NO_COLOR", "1"),
                    folder.resolve("anvil.log"),
                    List.of(
                            ChainPrograms.foundry("anvil").toString(),
                            "--host",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(port),
                            "--chain-id",
                            Long.toString(chainId),
                            "--hardfork",
                            "prague",
                            "--accounts",
                            "6"));
            AnvilChain chain = new AnvilChain(folder, process, URI.create("http://127.0.0.1:" + port));
            Runtime.getRuntime().addShutdownHook(new Thread(chain::endProcess));
            process.awaitReady(
                    START_TIMEOUT, () -> chain.rpc.answer("eth_chainId").has("result"));
            return chain;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI uri() {
        return uri;
    }

    public JsonNode call(String method, Object... parameters) {
        return rpc.call(method, parameters);
    }

    /** Addresses that the node signs for, in lower case. */
    public List<String> accounts() {
        List<String> accounts = new ArrayList<>();
        call("eth_accounts").forEach(each -> accounts.add(each.asString()));
        return accounts;
    }

    /**
     * Sends and mines a transaction of one of {@link #accounts}.
     *
     * @param to null for the creation of a contract
     * @param data 0x and digits
     * @return its receipt, whatever its status
     */
    public JsonNode send(String from, @Nullable String to, String data, String valueHex) {
        Map<String, Object> transaction = new LinkedHashMap<>();
        transaction.put("from", from);
        if (to != null) {
            transaction.put("to", to);
        }
        transaction.put("data", data);
        transaction.put("value", valueHex);
        transaction.put("gas", "0x" + Long.toHexString(GAS));
        String hash = call("eth_sendTransaction", transaction).asString();
        return receipt(hash);
    }

    /** The block comes a moment after the answer that the transaction was taken. */
    private JsonNode receipt(String hash) {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            JsonNode receipt = call("eth_getTransactionReceipt", hash);
            if (!receipt.isNull()) {
                return receipt;
            }
            LockSupport.parkNanos(RECEIPT_INTERVAL.toNanos());
        }
        throw new AssertionError("no block took " + hash);
    }

    /** Turns the clock of the chain, and mines a block. */
    public void passSeconds(long seconds) {
        call("evm_increaseTime", seconds);
        mine();
    }

    public void mine() {
        call("evm_mine");
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
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
