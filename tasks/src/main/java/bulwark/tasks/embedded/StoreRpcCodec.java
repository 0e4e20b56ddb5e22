package bulwark.tasks.embedded;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls and answers as JSON between processes of one program; a change of form changes the {@link #VERSION}. Thread-safe. */
final class StoreRpcCodec {
    static final String VERSION = "4";

    // Both ends are this program under the same user: the socket's limits bound a message, its strings need no narrower
    // ones.
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private StoreRpcCodec() {}

    static byte[] write(@Nullable Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** @throws IllegalArgumentException when the bytes are no arguments of the method */
    static Object[] arguments(Method method, byte[] json) {
        try {
            JsonNode array = MAPPER.readTree(json);
            Type[] types = method.getGenericParameterTypes();
            if (!array.isArray() || array.size() != types.length) {
                throw new IllegalArgumentException("a call takes " + types.length + " arguments");
            }
            Object[] arguments = new Object[types.length];
            for (int i = 0; i < types.length; i++) {
                arguments[i] = read(array.get(i), types[i]);
            }
            return arguments;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the arguments of a call are not well-formed", e);
        }
    }

    /** @throws IllegalArgumentException when the bytes are no answer of the method */
    static @Nullable Object answer(Method method, byte[] json) {
        try {
            return method.getReturnType() == void.class
                    ? null
                    : MAPPER.readValue(json, MAPPER.constructType(method.getGenericReturnType()));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the answer to a call is not well-formed", e);
        }
    }

    private static @Nullable Object read(JsonNode node, Type type) {
        return MAPPER.treeToValue(node, MAPPER.constructType(type));
    }

    static String field(byte[] json, String name) {
        try {
            return MAPPER.readTree(json).path(name).asString("");
        } catch (JacksonException e) {
            return "";
        }
    }
}
