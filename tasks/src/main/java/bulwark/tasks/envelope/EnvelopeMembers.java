package bulwark.tasks.envelope;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictTokens;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What stands in the JSON of a whole envelope: its objects as they are, beside the plain values. What is not known is skipped. Not thread-safe. */
final class EnvelopeMembers {
    private static final Set<String> SCALARS = Set.of(
            "id", "name", "enqueuedAt", "notBefore", "priority", "attempt", "maxRetries", "visibilityTimeout", "queue");
    private static final Set<String> DELIVERY = Set.of("attempt", "notBefore", "firstSeen");

    private final byte[] document;
    private final ObjectNode scalars = JsonNodeFactory.instance.objectNode();
    private Map<String, String> headers = Map.of();
    private @Nullable PayloadObject args;
    private PayloadObject meta = PayloadObject.empty();

    private EnvelopeMembers(byte[] document) {
        this.document = document;
    }

    /** @throws EnvelopeRefused when it is no object, or one of its objects cannot be signed */
    static EnvelopeMembers read(String text) {
        EnvelopeMembers members = new EnvelopeMembers(text.getBytes(StandardCharsets.UTF_8));
        return document("envelope", members.document, tokens -> {
            startObject("envelope", tokens.first());
            eachMember(tokens, name -> members.member(name, tokens, tokens.next()));
            return members;
        });
    }

    /** Of a text of their own. @throws EnvelopeRefused when they are no object of texts */
    static Map<String, String> headers(String text) {
        return text.isEmpty()
                ? Map.of()
                : document("headers", text.getBytes(StandardCharsets.UTF_8), tokens -> headers(tokens, tokens.first()));
    }

    /** One value and no more. */
    static <T> T document(String field, byte[] document, Function<StrictTokens, T> reader) {
        try {
            return StrictJson.read(document, tokens -> {
                T value = reader.apply(tokens);
                tokens.end();
                return value;
            });
        } catch (StrictJson.JsonRefused e) {
            throw new EnvelopeRefused(field + " is not JSON: " + e.getMessage());
        }
    }

    /** With the delivery state, which is a small object. */
    ObjectNode scalars() {
        return scalars;
    }

    Map<String, String> headers() {
        return headers;
    }

    PayloadObject args() {
        if (args == null) {
            throw new EnvelopeRefused("args is missing");
        }
        return args;
    }

    PayloadObject meta() {
        return meta;
    }

    private void member(String name, StrictTokens tokens, JsonToken value) {
        switch (name) {
            case "args" -> args = PayloadObject.read(name, tokens, value, document);
            case "meta" -> meta = PayloadObject.read(name, tokens, value, document);
            case "headers" -> headers = headers(tokens, value);
            case "delivery" -> {
                startObject(name, value);
                ObjectNode state = scalars.putObject(name);
                eachMember(tokens, each -> scalar(DELIVERY, state, each, tokens, tokens.next()));
            }
            default -> scalar(SCALARS, scalars, name, tokens, value);
        }
    }

    private static void scalar(Set<String> known, ObjectNode into, String name, StrictTokens tokens, JsonToken value) {
        if (!known.contains(name)) {
            tokens.skip();
            return;
        }
        if (value == JsonToken.VALUE_STRING) {
            into.put(name, tokens.text());
        } else if (value == JsonToken.VALUE_NULL) {
            into.putNull(name);
        } else if (value == JsonToken.VALUE_NUMBER_INT && tokens.fitsLong()) {
            into.put(name, tokens.wholeNumber());
        } else {
            // Of no type that one of them may have: the parser refuses it by its name.
            tokens.skip();
            into.put(name, false);
        }
    }

    /** Flat, and the signature is one of them. */
    private static Map<String, String> headers(StrictTokens tokens, JsonToken first) {
        startObject("headers", first);
        Map<String, String> headers = new HashMap<>();
        eachMember(tokens, name -> {
            if (tokens.next() != JsonToken.VALUE_STRING) {
                throw new EnvelopeRefused("headers hold a value that is not a string");
            }
            headers.put(name, tokens.text());
        });
        return headers;
    }

    static void startObject(String field, JsonToken token) {
        if (token != JsonToken.START_OBJECT) {
            throw new EnvelopeRefused(field + " is not an object");
        }
    }

    private static void eachMember(StrictTokens tokens, Consumer<String> member) {
        Set<String> names = new HashSet<>();
        for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
            if (!names.add(name)) {
                throw new StrictJson.JsonRefused("an object holds the same key twice", tokens.start());
            }
            member.accept(name);
        }
    }
}
