package bulwark.tasks.redis;

import bulwark.tasks.broker.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the untyped replies of Redis: numbers, texts as bytes, lists. */
final class RedisReply {
    private RedisReply() {}

    static long number(@Nullable Object reply) {
        return reply instanceof Long number ? number : Long.parseLong(text(reply));
    }

    /** Empty for null. */
    static String text(@Nullable Object reply) {
        return reply instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : reply == null ? "" : reply.toString();
    }

    /** Empty for null. */
    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object reply) {
        return reply instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
    }

    static List<String> texts(@Nullable Object reply) {
        List<String> texts = new ArrayList<>();
        list(reply).forEach(each -> texts.add(text(each)));
        return texts;
    }

    private static String field(@Nullable Object reply) {
        return reply instanceof byte[] bytes ? FieldText.of(bytes) : text(reply);
    }

    /** Of a list in which names and values take turns. */
    static Map<String, String> fields(@Nullable Object reply) {
        List<@Nullable Object> list = list(reply);
        Map<String, String> fields = LinkedHashMap.newLinkedHashMap(list.size() / 2);
        for (int i = 0; i + 1 < list.size(); i += 2) {
            fields.put(field(list.get(i)), field(list.get(i + 1)));
        }
        return fields;
    }
}
