package bulwark.seats.chain;

import bulwark.seats.chain.RpcFailed.Kind;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** One execution client as the sender of transactions uses it. Every method blocks. Thread-safe. */
public final class TransactionEndpoint {
    private final ExecutionNode node;
    private final JsonRpcClient client;

    public TransactionEndpoint(ExecutionNode node) {
        this.node = node;
        this.client = node.client();
    }

    public String label() {
        return node.label();
    }

    /** For questions about blocks, contracts and receipts. */
    public ExecutionNode node() {
        return node;
    }

    /** What became of a broadcast at one client. */
    public enum Reception {
        /** Taken now. */
        ACCEPTED,
        /** It was there before. */
        KNOWN,
        /** Its nonce is used up: by this transaction or by another, which the receipt tells. */
        NONCE_USED,
        /** The client will not have it, and says why. */
        REFUSED,
        /** No answer that can be used: it may have been taken. */
        UNKNOWN
    }

    /** @param sentence of the client; empty when it took the transaction */
    public record Answer(String label, Reception reception, String sentence) {}

    /** Hands over signed bytes. Never throws for what the client answers: a lost answer is one of the outcomes. @param raw 0x and digits @param hash of the transaction */
    public Answer broadcast(String raw, String hash) {
        try {
            JsonNode result = client.call("eth_sendRawTransaction", raw);
            boolean same = result.isString() && result.stringValue().equalsIgnoreCase(hash);
            return same
                    ? new Answer(label(), Reception.ACCEPTED, "")
                    : new Answer(label(), Reception.UNKNOWN, "the client named another hash");
        } catch (RpcFailed failed) {
            String sentence = String.valueOf(failed.getMessage());
            return new Answer(label(), failed.kind() == Kind.ERROR ? reception(sentence) : Reception.UNKNOWN, sentence);
        }
    }

    /** Clients have no codes for these; the words are those of geth, reth, nethermind, besu, ethereumjs and anvil. */
    private static Reception reception(String sentence) {
        String words = sentence.toLowerCase(Locale.ROOT);
        if (words.contains("already known")
                || words.contains("already imported")
                || words.contains("alreadyknown")
                || words.contains("known transaction")
                || words.contains("already in pool")
                || words.contains("already in the txpool")) {
            return Reception.KNOWN;
        }
        return words.contains("nonce too low") || words.contains("nonce_too_low") || words.contains("oldnonce")
                ? Reception.NONCE_USED
                : Reception.REFUSED;
    }

    /** Whether the client has the transaction, in a block or waiting. @throws RpcFailed when it does not say */
    public boolean knows(String hash) {
        String method = "eth_getTransactionByHash";
        JsonNode json = client.call(method, hash);
        if (json.isNull()) {
            return false;
        }
        RpcValues values = new RpcValues(client, method);
        if (!values.hash(values.object(json, "transaction").path("hash"), "hash")
                .equals(hash)) {
            throw values.malformed("another transaction than was asked for");
        }
        return true;
    }

    /** Units of gas at the newest block, without what waits. @throws RpcFailed with kind {@code REVERTED} when the call would revert */
    public long estimateGas(EvmAddress from, EvmAddress to, BigInteger wei, String calldata) {
        String method = "eth_estimateGas";
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("from", from.text());
        call.put("to", to.text());
        call.put("value", "0x" + wei.toString(16));
        call.put("data", calldata);
        return new RpcValues(client, method).number(client.call(method, call, "latest"), "result");
    }

    /** What a topic must be for an event of this signature: {@code Name(type,type)}. */
    public static String topic(String signature) {
        return HexText.of(
                bulwark.kernel.signing.Keccak256.hash(signature.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }
}
