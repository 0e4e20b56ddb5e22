package bulwark.seats.chain;

import bulwark.seats.chain.RpcFailed.Kind;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import java.math.BigInteger;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Members of answers in the encodings of Ethereum's JSON-RPC; each other form is a {@link RpcFailed} that names the member. Immutable. */
final class RpcValues {
    private static final Pattern QUANTITY = Pattern.compile("0x(0|[1-9a-f][0-9a-f]{0,63})");
    private static final Pattern DATA = Pattern.compile("0x([0-9a-fA-F]{2})*");

    private final JsonRpcClient client;
    private final String method;

    RpcValues(JsonRpcClient client, String method) {
        this.client = client;
        this.method = method;
    }

    BigInteger quantity(JsonNode node, String name) {
        if (!node.isString() || !QUANTITY.matcher(node.stringValue()).matches()) {
            throw malformed(name + " is no quantity");
        }
        return new BigInteger(node.stringValue().substring(2), 16);
    }

    /** From 0 to 2^63 - 1. */
    long number(JsonNode node, String name) {
        BigInteger quantity = quantity(node, name);
        if (quantity.bitLength() > 63) {
            throw malformed(name + " is beyond every block, time and count");
        }
        return quantity.longValue();
    }

    byte[] data(JsonNode node, String name) {
        if (!node.isString() || !DATA.matcher(node.stringValue()).matches()) {
            throw malformed(name + " is no byte string");
        }
        return HexText.bytes(node.stringValue());
    }

    byte[] data(JsonNode node, String name, int bytes) {
        byte[] data = data(node, name);
        if (data.length != bytes) {
            throw malformed(name + " has " + data.length + " bytes and not " + bytes);
        }
        return data;
    }

    /** 32 bytes, as text in lower case. */
    String hash(JsonNode node, String name) {
        return HexText.of(data(node, name, 32));
    }

    EvmAddress address(JsonNode node, String name) {
        return EvmAddress.of(data(node, name, 20));
    }

    JsonNode object(JsonNode node, String name) {
        if (!node.isObject()) {
            throw malformed(name + " is no object");
        }
        return node;
    }

    RpcFailed malformed(String sentence) {
        return client.failed(method, Kind.MALFORMED, sentence);
    }
}
