package bulwark.seats.beacon;

import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.RpcFailed.Kind;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Members of answers in the encodings of the beacon API: numbers as decimal texts, byte strings with 0x. Each other form is a {@link RpcFailed} that names the member. Immutable. */
final class BeaconValues {
    /** Every number of the protocol has 64 bits. */
    private static final int MAX_DIGITS = 20;

    /** 2^64 - 1: stands for "none" where an epoch is meant. */
    private static final String NEVER = "18446744073709551615";

    private final EndpointClient client;
    private final String path;

    BeaconValues(EndpointClient client, String path) {
        this.client = client;
        this.path = path;
    }

    /** The member {@code data} of an answer. */
    JsonNode data(JsonNode answer) {
        if (!answer.isObject() || !answer.has("data")) {
            throw client.failed(path, Kind.NOT_AN_ANSWER, "no object with the member data");
        }
        return answer.get("data");
    }

    /** As {@link #data}, of an answer that says how sure it is: what rests on blocks that nobody has checked is no answer. */
    JsonNode confirmed(JsonNode answer) {
        JsonNode data = data(answer);
        JsonNode optimistic = answer.path("execution_optimistic");
        if (optimistic.isMissingNode()) {
            return data;
        }
        if (!optimistic.isBoolean() || optimistic.booleanValue()) {
            throw client.failed(path, Kind.NOT_AN_ANSWER, "the answer is optimistic: its blocks are not checked");
        }
        return data;
    }

    JsonNode object(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (!node.isObject()) {
            throw malformed(name + " is no object");
        }
        return node;
    }

    List<JsonNode> array(JsonNode node, int max) {
        if (!node.isArray() || node.size() > max) {
            throw malformed("data is no array of at most " + max);
        }
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode each : node) {
            if (!each.isObject()) {
                throw malformed("an element of data is no object");
            }
            all.add(each);
        }
        return all;
    }

    BeaconValidatorView validator(JsonNode node) {
        JsonNode inner = object(node, "validator");
        String word = text(node, "status");
        return new BeaconValidatorView(
                number(node, "index"),
                bytes(inner, "pubkey", 48),
                bytes(inner, "withdrawal_credentials", 32),
                ValidatorStatus.of(word).orElseThrow(() -> malformed("status is no word of the beacon API")),
                number(node, "balance"),
                flag(inner, "slashed"),
                epoch(inner, "activation_epoch"),
                epoch(inner, "exit_epoch"));
    }

    private long epoch(JsonNode parent, String name) {
        return text(parent, name).equals(NEVER) ? BeaconValidatorView.FAR_FUTURE : number(parent, name);
    }

    /** From 0 to 2^63 - 2. Thousands of them come with each look, so no pattern is matched. */
    long number(JsonNode parent, String name) {
        String text = text(parent, name);
        if (!isNumber(text)) {
            throw malformed(name + " is no number");
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (number > (Long.MAX_VALUE - 1 - digit) / 10) {
                throw malformed(name + " is beyond every slot, epoch and balance");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** Digits without a zero before them. */
    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || (text.length() > 1 && text.charAt(0) == '0')) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    long between(JsonNode parent, String name, long min, long max) {
        long number = number(parent, name);
        if (number < min || number > max) {
            throw malformed(name + " is not from " + min + " to " + max);
        }
        return number;
    }

    boolean flag(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (!node.isBoolean()) {
            throw malformed(name + " is neither true nor false");
        }
        return node.booleanValue();
    }

    /** In lower case. */
    String bytes(JsonNode parent, String name, int length) {
        String text = text(parent, name);
        if (text.length() != 2 + 2 * length || !text.startsWith("0x")) {
            throw malformed(name + " is no byte string of " + length);
        }
        boolean lower = true;
        for (int i = 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!HexFormat.isHexDigit(c)) {
                throw malformed(name + " is no byte string of " + length);
            }
            lower &= c < 'A' || c > 'F';
        }
        return lower ? text : text.toLowerCase(Locale.ROOT);
    }

    private String text(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (!node.isString()) {
            throw malformed(name + " is no text");
        }
        return node.stringValue();
    }

    RpcFailed malformed(String sentence) {
        return client.failed(path, Kind.MALFORMED, sentence);
    }
}
