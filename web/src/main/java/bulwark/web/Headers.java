package bulwark.web;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Header fields of a request or an answer, in their order; a name may have several values. Names are compared in any case. Immutable. */
public final class Headers {
    public static final Headers NONE = new Headers(MultiMap.caseInsensitiveMultiMap());

    private final MultiMap fields;

    private Headers(MultiMap fields) {
        this.fields = fields;
    }

    /** Without a copy: nobody may change the fields any more. */
    static Headers over(MultiMap fields) {
        return new Headers(fields);
    }

    public static Headers of(Map<String, String> fields) {
        return new Headers(MultiMap.caseInsensitiveMultiMap().addAll(fields));
    }

    public Optional<String> first(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Every value of the name, one for each line of the message that bears it; empty without one. */
    public List<String> all(String name) {
        return List.copyOf(fields.getAll(name));
    }

    public boolean contains(String name) {
        return fields.contains(name);
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** With this value as the only one of the name. */
    public Headers with(String name, String value) {
        return new Headers(copy().set(name, value));
    }

    /** With one more value of the name. */
    public Headers adding(String name, String value) {
        return new Headers(copy().add(name, value));
    }

    public void forEach(BiConsumer<String, String> action) {
        fields.forEach(action);
    }

    private MultiMap copy() {
        return MultiMap.caseInsensitiveMultiMap().addAll(fields);
    }

    @Override
    public String toString() {
        return fields.names().toString();
    }
}
