package bulwark.seats.route;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One member of a body or one parameter of a query: what a request is checked against and what the API document says are the same object. Immutable.
 *
 * @param must what a text has to be, for the refusal; null where the kind says it
 * @param min of characters, or of the number
 * @param secret a value that no answer repeats
 */
public record FieldRule(
        String name,
        Kind kind,
        boolean required,
        @Nullable Pattern form,
        @Nullable String must,
        int min,
        int max,
        boolean secret) {
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-fA-F]{40}");
    private static final Pattern PUBKEY = Pattern.compile("0x[0-9a-f]{96}");
    private static final Pattern CREDENTIALS = Pattern.compile("0x010000000000000000000000[0-9a-f]{40}");
    private static final Pattern AMOUNT = Pattern.compile("0|[1-9][0-9]{0,77}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern TIME = Pattern.compile("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]{20,100}");
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    /** What JSON has it as. */
    public enum Kind {
        TEXT,
        FLAG,
        WHOLE_NUMBER,
        TEXTS
    }

    public static FieldRule text(String name, int min, int max) {
        return new FieldRule(name, Kind.TEXT, true, null, null, min, max, false);
    }

    public static FieldRule secret(String name, int max) {
        return new FieldRule(name, Kind.TEXT, true, null, null, 1, max, true);
    }

    public static FieldRule flag(String name) {
        return new FieldRule(name, Kind.FLAG, false, null, null, 0, 0, false);
    }

    public static FieldRule number(String name, int min, int max) {
        return new FieldRule(name, Kind.WHOLE_NUMBER, false, null, null, min, max, false);
    }

    public static FieldRule word(String name, String... words) {
        return formed(name, Pattern.compile(String.join("|", words)), "must be one of " + String.join(", ", words));
    }

    /** Twenty bytes, in any case. */
    public static FieldRule address(String name) {
        return formed(name, ADDRESS, "must be an address: 0x and 40 hexadecimal digits");
    }

    public static FieldRule addresses(String name) {
        return new FieldRule(
                name, Kind.TEXTS, true, ADDRESS, "must be addresses: 0x and 40 hexadecimal digits", 1, 50, false);
    }

    public static FieldRule pubkey(String name) {
        return formed(name, PUBKEY, "must be a public key: 0x and 96 hexadecimal digits in lower case");
    }

    public static FieldRule credentials(String name) {
        return formed(
                name,
                CREDENTIALS,
                "must be withdrawal credentials of an address: 0x01, eleven zero bytes and the 20 bytes, in lower"
                        + " case");
    }

    public static FieldRule wei(String name) {
        return formed(name, AMOUNT, "must be a whole number of wei, as text");
    }

    /** A byte string of this length. */
    public static FieldRule bytes(String name, int count) {
        return formed(
                name,
                Pattern.compile("0x[0-9a-f]{" + 2 * count + "}"),
                "must be " + count + " bytes: 0x and " + 2 * count + " hexadecimal digits in lower case");
    }

    /** SHA-256 of a plan. */
    public static FieldRule digest(String name) {
        return formed(name, DIGEST, "must be a digest: 64 hexadecimal digits in lower case");
    }

    /** To the second. */
    public static FieldRule time(String name) {
        return formed(name, TIME, "must be a time such as 2026-06-01T08:00:00Z");
    }

    /** A key or signature. */
    public static FieldRule base64Url(String name) {
        return formed(name, BASE64URL, "must be base64url without padding");
    }

    public static FieldRule id(String name) {
        return formed(name, ID, "must be an id: a decimal number, as text");
    }

    private static FieldRule formed(String name, Pattern form, String must) {
        return new FieldRule(name, Kind.TEXT, true, form, must, 0, 200, false);
    }

    public FieldRule mandatory() {
        return new FieldRule(name, kind, true, form, must, min, max, secret);
    }

    public FieldRule optional() {
        return new FieldRule(name, kind, false, form, must, min, max, secret);
    }

    /** Why this text is refused. */
    Optional<String> problem(String text) {
        return form == null || form.matcher(text).matches() ? Optional.empty() : Optional.of(String.valueOf(must));
    }

    /** In JSON Schema, 2020-12. */
    public Map<String, Object> jsonSchema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (kind) {
            case FLAG -> schema.put("type", "boolean");
            case WHOLE_NUMBER -> {
                schema.put("type", "integer");
                schema.put("minimum", min);
                schema.put("maximum", max);
            }
            case TEXTS -> {
                schema.put("type", "array");
                schema.put("minItems", min);
                schema.put("maxItems", max);
                schema.put("items", formed());
            }
            case TEXT -> {
                schema.putAll(formed());
                if (form == null) {
                    schema.put("minLength", min);
                    schema.put("maxLength", max);
                }
            }
        }
        return schema;
    }

    private Map<String, Object> formed() {
        return form == null
                ? Map.of("type", "string")
                : Map.of("type", "string", "pattern", "^(" + form.pattern() + ")$");
    }

    static List<String> names(List<FieldRule> rules) {
        return rules.stream().map(FieldRule::name).toList();
    }
}
