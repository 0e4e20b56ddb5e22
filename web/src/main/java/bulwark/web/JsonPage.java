package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One page of a list on its way out: {@code {"name":[item,…],member:…}}, of which one item at a time is in memory. For one thread. */
public final class JsonPage {
    private final OutputStream out;
    private int count;

    public JsonPage(OutputStream out, String name) throws IOException {
        this.out = out;
        out.write(("{\"" + name + "\":[").getBytes(StandardCharsets.UTF_8));
    }

    /** @param value as {@link StrictJson#write} takes it */
    public void item(Object value) throws IOException {
        if (count > 0) {
            out.write(',');
        }
        out.write(StrictJson.write(value));
        count++;
    }

    /** Items that were written. */
    public int count() {
        return count;
    }

    /** @param members what follows the list; at least one */
    public void end(Map<String, ? extends @Nullable Object> members) throws IOException {
        out.write(']');
        byte[] rest = StrictJson.write(members);
        rest[0] = ',';
        out.write(rest);
    }
}
