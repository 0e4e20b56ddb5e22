package bulwark.tasks.envelope;

import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.json.StrictTokens;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonToken;

/**
 * Turns the tokens of one value into its signed form, so that a signature can be checked before a tree is made. Besides the text that it writes it holds the names of those objects only
 * that are still open. Recursion is bounded by {@link PayloadCheck#MAX_DEPTH}. Not thread-safe.
 */
final class CanonicalReader {
    private static final int LENGTH = 128;

    private final String field;
    private final StrictTokens tokens;
    private final DartJson out = new DartJson(true, LENGTH);

    private CanonicalReader(String field, StrictTokens tokens) {
        this.field = field;
        this.tokens = tokens;
    }

    /**
     * @param field for sentences
     * @param first of the value; what stands after the value is not read
     * @throws EnvelopeRefused for what cannot be signed
     * @throws JsonRefused for what is not JSON, and for a repeated key
     */
    static String read(String field, StrictTokens tokens, JsonToken first) {
        CanonicalReader reader = new CanonicalReader(field, tokens);
        reader.value(first, 0);
        return reader.out.toString();
    }

    private void value(JsonToken token, int depth) {
        if (depth > PayloadCheck.MAX_DEPTH) {
            throw new EnvelopeRefused(field + " is nested deeper than " + PayloadCheck.MAX_DEPTH);
        }
        switch (token) {
            case START_OBJECT -> object(depth);
            case START_ARRAY -> array(depth);
            case VALUE_STRING -> out.string(tokens.text());
            case VALUE_NUMBER_INT -> wholeNumber();
            case VALUE_NUMBER_FLOAT -> out.raw(DartJson.number(tokens.real()));
            case VALUE_TRUE -> out.raw("true");
            case VALUE_FALSE -> out.raw("false");
            case VALUE_NULL -> out.raw("null");
            default -> throw new JsonRefused("the body is not well-formed JSON", tokens.start());
        }
    }

    private void object(int depth) {
        out.raw("{");
        List<DartJson.Member> members = new ArrayList<>();
        for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
            if (!members.isEmpty()) {
                out.raw(",");
            }
            int start = out.length();
            out.string(name).raw(":");
            value(tokens.next(), depth + 1);
            members.add(new DartJson.Member(name, start, out.length()));
        }
        if (!out.sort(members)) {
            throw new JsonRefused("an object holds the same key twice", tokens.start());
        }
        out.raw("}");
    }

    private void array(int depth) {
        out.raw("[");
        boolean first = true;
        for (JsonToken token = tokens.next(); token != JsonToken.END_ARRAY; token = tokens.next()) {
            if (!first) {
                out.raw(",");
            }
            first = false;
            value(token, depth + 1);
        }
        out.raw("]");
    }

    private void wholeNumber() {
        if (!tokens.fitsLong()) {
            throw new EnvelopeRefused(field + " holds a whole number beyond 64 bits");
        }
        out.raw(tokens.wholeNumber());
    }
}
