package bulwark.gateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A header list in its order, which Netty's own map loses: as it came and not checked, or as it is to be written. Netty's codec reads it by {@link #iterator} and asks for pseudo-headers
 * by {@link #get}; its other methods see an empty map. Not thread-safe.
 */
public final class HeaderList extends DefaultHttp2Headers {
    private static final int INITIAL_FIELDS = 16;

    /** Name, value, name, value … */
    private CharSequence[] fields = new CharSequence[2 * INITIAL_FIELDS];

    private int length;

    public HeaderList() {
        super(false, 2);
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        if (length == fields.length) {
            fields = Arrays.copyOf(fields, 2 * length);
        }
        fields[length++] = name;
        fields[length++] = value;
        return this;
    }

    /** Number of lines. */
    public int count() {
        return length / 2;
    }

    /** @param index from 0 */
    public CharSequence name(int index) {
        return fields[2 * index];
    }

    public CharSequence value(int index) {
        return fields[2 * index + 1];
    }

    /** The first line of this name, spelled the same. */
    @Override
    public @Nullable CharSequence get(CharSequence name) {
        for (int i = 0; i < count(); i++) {
            if (CharSequence.compare(name(i), name) == 0) {
                return value(i);
            }
        }
        return null;
    }

    @Override
    public int size() {
        return count();
    }

    @Override
    public boolean isEmpty() {
        return length == 0;
    }

    /** @return gives the same entry for each line, with other content */
    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        return new Lines();
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

    private final class Lines
            implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < count();
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (next >= count()) {
                throw new NoSuchElementException();
            }
            next++;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return name(next - 1);
        }

        @Override
        public CharSequence getValue() {
            return value(next - 1);
        }

        @Override
        public CharSequence setValue(CharSequence value) {
            throw new UnsupportedOperationException();
        }
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
