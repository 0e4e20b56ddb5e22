package bulwark.kernel.json;

import bulwark.kernel.json.StrictJson.JsonRefused;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The tokens of one document under the rules of {@link StrictJson}, for readers that make no tree. Repeated keys are the reader's to find: only it knows the names that it has seen.
 * Not thread-safe.
 */
public final class StrictTokens {
    private final JsonParser parser;

    StrictTokens(JsonParser parser) {
        this.parser = parser;
    }

    /** @throws JsonRefused where a value must stand and the text ends */
    public JsonToken next() {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw refused("the body is not well-formed JSON");
        }
        return token;
    }

    /** Of the next member of the open object; null at its end. */
    public @Nullable String nextName() {
        String name = parser.nextName();
        return name == null ? null : wellFormed(name);
    }

    /** @throws JsonRefused when the document holds nothing */
    public JsonToken first() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new JsonRefused("the body is empty", 0);
        }
        return first;
    }

    /** @throws JsonRefused when the document goes on */
    public void end() {
        if (parser.nextToken() != null) {
            throw refused("there is more after the JSON value");
        }
    }

    /** Of a text. */
    public String text() {
        return wellFormed(parser.getString());
    }

    /** Of a whole number: whether {@link #wholeNumber} can hold it. */
    public boolean fitsLong() {
        JsonParser.NumberType type = parser.getNumberType();
        return type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
    }

    public long wholeNumber() {
        return parser.getLongValue();
    }

    /** Of a whole number of any length. */
    String digits() {
        return parser.getString();
    }

    /** Of a number with a fraction or an exponent. @throws JsonRefused when it is beyond the range of a double */
    public double real() {
        double value = Double.parseDouble(parser.getString());
        if (Double.isInfinite(value)) {
            throw refused("a number is beyond the range of a double");
        }
        return value;
    }

    /** To the end of the object or array that this token opened, if it did: of what is skipped, names and texts are not looked at. */
    public void skip() {
        parser.skipChildren();
    }

    /** Offset of the first byte of this token. */
    public int start() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Offset behind the last byte that was read, which for the end of an object or array is its own. */
    public int position() {
        return (int) parser.currentLocation().getByteOffset();
    }

    private String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw refused("a string holds half of a surrogate pair");
                }
                i++;
            }
        }
        return text;
    }

    JsonRefused refused(String sentence) {
        return new JsonRefused(sentence, parser.currentTokenLocation().getByteOffset());
    }
}
