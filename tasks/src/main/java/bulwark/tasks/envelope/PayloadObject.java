package bulwark.tasks.envelope;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictTokens;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The arguments or the meta of an envelope. What an untrusted sender wrote stays the text that it was: its rules are checked and its signed form is made token by token, and there is no
 * tree until somebody asks for one, which workers do once the signature holds. Tree and signed form come of the same tokens, so they cannot tell two stories. The tree must not be changed.
 * Thread-safe.
 */
public final class PayloadObject {
    /** As it arrived; null when it was made from a tree. */
    private final @Nullable String text;
    /** Until there is a tree. */
    private volatile @Nullable String canonical;

    private volatile @Nullable ObjectNode tree;

    private PayloadObject(@Nullable String text, @Nullable String canonical, @Nullable ObjectNode tree) {
        this.text = text;
        this.canonical = canonical;
        this.tree = tree;
    }

    static PayloadObject of(ObjectNode tree) {
        return new PayloadObject(null, null, tree);
    }

    static PayloadObject empty() {
        return of(JsonNodeFactory.instance.objectNode());
    }

    /** @throws EnvelopeRefused when it is no object that can be signed */
    static PayloadObject read(String field, String text) {
        return new PayloadObject(text, canonical(field, text), null);
    }

    private static String canonical(String field, String text) {
        return EnvelopeMembers.document(
                field, text.getBytes(StandardCharsets.UTF_8), tokens -> canonical(field, tokens, tokens.first()));
    }

    /** A member of a larger document. */
    static PayloadObject read(String field, StrictTokens tokens, JsonToken first, byte[] document) {
        int start = tokens.start();
        String canonical = canonical(field, tokens, first);
        String text = new String(document, start, tokens.position() - start, StandardCharsets.UTF_8);
        return new PayloadObject(text, canonical, null);
    }

    private static String canonical(String field, StrictTokens tokens, JsonToken first) {
        EnvelopeMembers.startObject(field, first);
        return CanonicalReader.read(field, tokens, first);
    }

    /** As it arrived, or compact with members in their own order. */
    String text() {
        return text != null ? text : new DartJson(false, 128).node(tree()).toString();
    }

    /** As it stands in the signed bytes. */
    String canonical() {
        String known = canonical;
        if (known != null) {
            return known;
        }
        return text != null ? canonical("the object", text) : EnvelopeCodec.canonical(tree());
    }

    ObjectNode tree() {
        ObjectNode known = tree;
        if (known == null) {
            known = (ObjectNode) StrictJson.parse(Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8));
            tree = known;
            canonical = null;
        }
        return known;
    }

    /** Whether somebody asked for one, or it was made from one. */
    public boolean hasTree() {
        return tree != null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PayloadObject that && tree().equals(that.tree());
    }

    @Override
    public int hashCode() {
        return tree().hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
