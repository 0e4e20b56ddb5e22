package bulwark.seats.plan;

import bulwark.kernel.json.JsonFields;
import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Fields of documents that are signed: every value is a text, each in one spelling alone, so that equal things have equal bytes. For one thread. */
public final class TextFields {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,77}");
    private static final Pattern TIME = Pattern.compile("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}");
    private static final BigInteger MAX_WORD = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

    private final JsonFields fields;

    public TextFields(JsonFields fields) {
        this.fields = fields;
    }

    /** The nested object; one that holds nothing, with a fault, when it is missing. */
    public TextFields object(String field) {
        return new TextFields(fields.object(field).orElseGet(() -> {
            fields.fault(field, "must be an object");
            return fields.nested(field);
        }));
    }

    public String exactly(String field, String text) {
        return fields.text(field, 100, text::equals, "must be " + text);
    }

    public String word(String field, String... words) {
        return fields.text(
                field, 100, java.util.List.of(words)::contains, "must be one of " + String.join(", ", words));
    }

    /** A name of a person. */
    public String name(String field) {
        return fields.text(
                field,
                100,
                text -> NAME.matcher(text).matches(),
                "must have 1 to 100 letters, digits and . _ @ : - and begin with a letter or digit");
    }

    /** 0x and two lower-case digits for each byte. */
    public String bytes(String field, int count) {
        String form = "0x[0-9a-f]{" + 2 * count + "}";
        String text = fields.text(
                field,
                2 + 2 * count,
                given -> given.matches(form),
                "must be " + count + " bytes: 0x and " + 2 * count + " hexadecimal digits in lower case");
        return text.matches(form) ? text : "0x" + "00".repeat(count);
    }

    /** As {@link #bytes}, of any length up to one. */
    public String anyBytes(String field, int max) {
        String text = fields.text(
                field,
                2 + 2 * max,
                given -> given.matches("0x([0-9a-f]{2})*"),
                "must be 0x and an even number of hexadecimal digits in lower case");
        return text.matches("0x([0-9a-f]{2})*") ? text : "0x";
    }

    /** In lower case alone: what is signed has one spelling. */
    public EvmAddress address(String field) {
        return new EvmAddress(bytes(field, 20));
    }

    /** Bounds inclusive. */
    public BigInteger amount(String field, BigInteger min, BigInteger max) {
        String text =
                fields.text(field, 78, given -> NUMBER.matcher(given).matches(), "must be a whole number, as text");
        BigInteger number = NUMBER.matcher(text).matches() ? new BigInteger(text) : min;
        if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
            fields.fault(field, "must be from " + min + " to " + max);
            return min;
        }
        return number;
    }

    /** From 0 to the greatest that a word of the chain holds. */
    public BigInteger amount(String field) {
        return amount(field, BigInteger.ZERO, MAX_WORD);
    }

    public long number(String field, long min, long max) {
        return amount(field, BigInteger.valueOf(min), BigInteger.valueOf(max)).longValueExact();
    }

    /** To the second, UTC: {@code 2026-06-01T08:00:00Z}. */
    public Instant time(String field) {
        String text = fields.text(
                field, 20, given -> TIME.matcher(given).matches(), "must be a time such as 2026-06-01T08:00:00Z");
        try {
            return TIME.matcher(text).matches() ? Instant.parse(text) : Instant.EPOCH;
        } catch (DateTimeException e) {
            fields.fault(field, "must be a time that there is");
            return Instant.EPOCH;
        }
    }

    public java.util.Optional<JsonNode> rawObject(String field) {
        return fields.rawObject(field);
    }

    public void fault(String field, String must) {
        fields.fault(field, must);
    }

    /** Adds a fault for each field that was not asked for. */
    public void end() {
        fields.end();
    }
}
