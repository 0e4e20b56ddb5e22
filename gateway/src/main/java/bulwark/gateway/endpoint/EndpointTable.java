package bulwark.gateway.endpoint;

import bulwark.gateway.http1.RawRequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints of a listener, by exact path or by prefix. Immutable. */
public final class EndpointTable {
    /** Of a request to an endpoint. */
    public static final int MAX_BODY_BYTES = 1 << 20;

    private final List<Entry> entries;

    private EndpointTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    public static EndpointTable empty() {
        return new EndpointTable(List.of());
    }

    public EndpointTable with(String path, GatewayEndpoint endpoint) {
        return with(new Entry(path.getBytes(StandardCharsets.US_ASCII), false, endpoint));
    }

    /** @param prefix ends with a slash, for instance {@code /admin/} */
    public EndpointTable withPrefix(String prefix, GatewayEndpoint endpoint) {
        return with(new Entry(prefix.getBytes(StandardCharsets.US_ASCII), true, endpoint));
    }

    private EndpointTable with(Entry entry) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(entry);
        return new EndpointTable(more);
    }

    /** Null when the path belongs to no endpoint. */
    public @Nullable GatewayEndpoint find(RawRequestHead head) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.prefix ? head.startsWithPath(entry.path) : head.hasPath(entry.path)) {
                return entry.endpoint;
            }
        }
        return null;
    }

    private static final class Entry {
        private final byte[] path;
        private final boolean prefix;
        private final GatewayEndpoint endpoint;

        private Entry(byte[] path, boolean prefix, GatewayEndpoint endpoint) {
            this.path = path;
            this.prefix = prefix;
            this.endpoint = endpoint;
        }
    }
}
