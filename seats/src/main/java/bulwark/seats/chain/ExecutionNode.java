package bulwark.seats.chain;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.AbiValues;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Typed questions to one execution client. Every method blocks and throws {@link RpcFailed} for an answer that it cannot use. Thread-safe. */
public final class ExecutionNode {
    private static final int MAX_LOGS = 10_000;
    private static final int MAX_TOPICS = 4;

    private final JsonRpcClient client;

    public ExecutionNode(JsonRpcClient client) {
        this.client = client;
    }

    public String label() {
        return client.label();
    }

    /** To send and follow transactions with the same client. */
    JsonRpcClient client() {
        return client;
    }

    /** For a reader of answers who finds them odd. */
    public RpcFailed malformed(String method, String sentence) {
        return client.failed(method, RpcFailed.Kind.MALFORMED, sentence);
    }

    /** A block by its number, or by a tag: latest, safe, finalized. */
    public record BlockId(String text) {
        public static final BlockId LATEST = new BlockId("latest");
        public static final BlockId SAFE = new BlockId("safe");
        public static final BlockId FINALIZED = new BlockId("finalized");

        public static BlockId number(long number) {
            return new BlockId("0x" + Long.toHexString(number));
        }
    }

    public BigInteger chainId() {
        return quantity("eth_chainId");
    }

    private BigInteger quantity(String method, Object... parameters) {
        return new RpcValues(client, method).quantity(client.call(method, parameters), "result");
    }

    /** Empty when the client has no such block. */
    public Optional<BlockHead> block(BlockId id) {
        String method = "eth_getBlockByNumber";
        RpcValues values = new RpcValues(client, method);
        JsonNode json = client.call(method, id.text(), false);
        if (json.isNull()) {
            return Optional.empty();
        }
        values.object(json, "block");
        long seconds = values.number(json.path("timestamp"), "timestamp");
        if (seconds > Instant.MAX.getEpochSecond()) {
            throw values.malformed("timestamp is beyond every time");
        }
        return Optional.of(new BlockHead(
                values.number(json.path("number"), "number"),
                values.hash(json.path("hash"), "hash"),
                values.hash(json.path("parentHash"), "parentHash"),
                Instant.ofEpochSecond(seconds),
                values.quantity(json.path("baseFeePerGas"), "baseFeePerGas")));
    }

    /** {@code keccak256} of the code at an address; empty when there is none. */
    public Optional<String> codeHash(EvmAddress address, BlockId at) {
        String method = "eth_getCode";
        byte[] code = new RpcValues(client, method).data(client.call(method, address.text(), at.text()), "result");
        return code.length == 0 ? Optional.empty() : Optional.of(HexText.of(Keccak256.hash(code)));
    }

    public BigInteger balance(EvmAddress address, BlockId at) {
        return quantity("eth_getBalance", address.text(), at.text());
    }

    public long nonce(EvmAddress address, BlockId at) {
        String method = "eth_getTransactionCount";
        return new RpcValues(client, method).number(client.call(method, address.text(), at.text()), "result");
    }

    /** Asks a contract; an answer in another encoding than the function's is a {@link RpcFailed}. */
    public AbiValues read(EvmAddress contract, BlockId at, ContractFunction function, Object... arguments) {
        String method = "eth_call";
        RpcValues values = new RpcValues(client, method);
        Map<String, Object> call = Map.of("to", contract.text(), "data", HexText.of(function.call(arguments)));
        byte[] answer = values.data(client.call(method, call, at.text()), "result");
        try {
            return function.result(answer);
        } catch (AbiRefused refused) {
            throw values.malformed(function.name() + ": " + refused.getMessage());
        }
    }

    /** What would become of a call now. */
    public sealed interface Simulation {
        /** @param gas that it takes */
        record Succeeds(long gas) implements Simulation {}

        /** @param reason name of the contract's error, or what the client said */
        record Reverts(String reason) implements Simulation {}
    }

    /** Tries a call without sending it: {@code eth_call}, then {@code eth_estimateGas}. @param calldata 0x and digits */
    public Simulation simulate(EvmAddress from, EvmAddress to, BigInteger wei, String calldata, BlockId at) {
        Map<String, Object> call =
                Map.of("from", from.text(), "to", to.text(), "value", "0x" + wei.toString(16), "data", calldata);
        try {
            new RpcValues(client, "eth_call").data(client.call("eth_call", call, at.text()), "result");
            String method = "eth_estimateGas";
            return new Simulation.Succeeds(
                    new RpcValues(client, method).number(client.call(method, call, at.text()), "result"));
        } catch (RpcFailed failed) {
            if (failed.kind() != RpcFailed.Kind.REVERTED) {
                throw failed;
            }
            return new Simulation.Reverts(RevertReason.of(failed.revertData()));
        }
    }

    /** The fee of an exit by EIP-7002 at a block, in wei; empty when the chain has no such contract or takes no requests yet. */
    public Optional<BigInteger> exitFee(EvmAddress requests, BlockId at) {
        String method = "eth_call";
        try {
            byte[] answer = new RpcValues(client, method)
                    .data(client.call(method, Map.of("to", requests.text(), "data", "0x"), at.text()), "result");
            return answer.length == 32 ? Optional.of(new BigInteger(1, answer)) : Optional.empty();
        } catch (RpcFailed failed) {
            if (failed.kind() != RpcFailed.Kind.REVERTED) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    /**
     * Events of one contract, in order; blocks are counted from 0 and both ends are included.
     *
     * @param topic the first topic, 0x and 64 digits
     */
    public List<EventLog> logs(EvmAddress contract, String topic, long from, long to) {
        return logs(List.of(contract), topic, from, to);
    }

    /** As {@link #logs(EvmAddress, String, long, long)}, of several contracts. @param contracts at least one; clients refuse more than some thousands */
    public List<EventLog> logs(List<EvmAddress> contracts, String topic, long from, long to) {
        String method = "eth_getLogs";
        RpcValues values = new RpcValues(client, method);
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put(
                "address",
                contracts.size() == 1
                        ? contracts.getFirst().text()
                        : contracts.stream().map(EvmAddress::text).toList());
        filter.put("topics", List.of(topic));
        filter.put("fromBlock", BlockId.number(from).text());
        filter.put("toBlock", BlockId.number(to).text());
        List<EventLog> logs = logs(values, client.call(method, filter));
        Set<EvmAddress> asked = Set.copyOf(contracts);
        for (EventLog log : logs) {
            if (!asked.contains(log.address())
                    || log.topics().isEmpty()
                    || !log.topics().getFirst().equals(topic)
                    || log.blockNumber() < from
                    || log.blockNumber() > to) {
                throw values.malformed("an event that was not asked for");
            }
        }
        return logs;
    }

    /** Every event of one contract, whatever its topics and also without any; as {@link #logs(EvmAddress, String, long, long)}. */
    public List<EventLog> logs(EvmAddress contract, long from, long to) {
        String method = "eth_getLogs";
        RpcValues values = new RpcValues(client, method);
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("address", contract.text());
        filter.put("fromBlock", BlockId.number(from).text());
        filter.put("toBlock", BlockId.number(to).text());
        List<EventLog> logs = logs(values, client.call(method, filter));
        for (EventLog log : logs) {
            if (!log.address().equals(contract) || log.blockNumber() < from || log.blockNumber() > to) {
                throw values.malformed("an event that was not asked for");
            }
        }
        return logs;
    }

    private static List<EventLog> logs(RpcValues values, JsonNode json) {
        if (!json.isArray() || json.size() > MAX_LOGS) {
            throw values.malformed("logs are no array of at most " + MAX_LOGS);
        }
        List<EventLog> logs = new ArrayList<>();
        for (JsonNode each : json) {
            logs.add(log(values, each));
        }
        return logs;
    }

    private static EventLog log(RpcValues values, JsonNode json) {
        values.object(json, "log");
        JsonNode topics = json.path("topics");
        if (!topics.isArray() || topics.size() > MAX_TOPICS) {
            throw values.malformed("topics are no array of at most " + MAX_TOPICS);
        }
        List<String> hashes = new ArrayList<>();
        topics.forEach(topic -> hashes.add(values.hash(topic, "topic")));
        return new EventLog(
                values.address(json.path("address"), "address"),
                List.copyOf(hashes),
                values.data(json.path("data"), "data"),
                values.number(json.path("blockNumber"), "blockNumber"),
                values.hash(json.path("blockHash"), "blockHash"),
                values.hash(json.path("transactionHash"), "transactionHash"),
                values.number(json.path("logIndex"), "logIndex"));
    }

    /** Empty while no block holds the transaction. @param hash 0x and 64 digits */
    public Optional<TransactionReceipt> receipt(String hash) {
        String method = "eth_getTransactionReceipt";
        RpcValues values = new RpcValues(client, method);
        JsonNode json = client.call(method, hash);
        if (json.isNull()) {
            return Optional.empty();
        }
        values.object(json, "receipt");
        long status = values.number(json.path("status"), "status");
        String named = values.hash(json.path("transactionHash"), "transactionHash");
        if (status > 1 || !named.equals(hash)) {
            throw values.malformed("the receipt is of another transaction or has no status");
        }
        JsonNode created = json.path("contractAddress");
        return Optional.of(new TransactionReceipt(
                named,
                values.number(json.path("blockNumber"), "blockNumber"),
                values.hash(json.path("blockHash"), "blockHash"),
                status == 1,
                values.number(json.path("gasUsed"), "gasUsed"),
                created.isString() ? values.address(created, "contractAddress") : null,
                logs(values, json.path("logs"))));
    }
}
