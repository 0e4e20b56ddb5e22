package bulwark.gateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;

/** A header list as it came: in its order, which Netty's own map loses, and not checked. Not thread-safe. */
public final class HeaderList extends DefaultHttp2Headers {
    private static final int INITIAL_FIELDS = 16;

    private final List<CharSequence> fields = new ArrayList<>(2 * INITIAL_FIELDS);

    public HeaderList() {
        super(false, 2);
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        fields.add(name);
        fields.add(value);
        if (name.length() > 0 && name.charAt(0) == ':') {
            super.add(name, value); // The codec itself looks at the status of an answer.
        }
        return this;
    }

    /** Number of lines. */
    public int count() {
        return fields.size() / 2;
    }

    /** @param index from 0 */
    public CharSequence name(int index) {
        return fields.get(2 * index);
    }

    public CharSequence value(int index) {
        return fields.get(2 * index + 1);
    }

    // Two lists are one only when they are the same object: nothing compares them.

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Makes such lists. */
    static final class Decoder extends DefaultHttp2HeadersDecoder {
        Decoder(int maxBytes) {
            super(false, maxBytes);
        }

        @Override
        protected Http2Headers newHeaders() {
            return new HeaderList();
        }
    }
}
