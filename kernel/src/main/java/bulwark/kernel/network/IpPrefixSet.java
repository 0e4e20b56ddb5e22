package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ranges of addresses, looked up in steps that grow with the logarithm of their number. Equal when the ranges and their order are. Immutable. */
public final class IpPrefixSet {
    private static final int V4_BYTES = 4;

    private final List<IpPrefix> ranges;
    private final IpPrefix[] v4;
    private final IpPrefix[] v6;

    private IpPrefixSet(List<IpPrefix> ranges) {
        this.ranges = ranges;
        List<IpPrefix> four = new ArrayList<>();
        List<IpPrefix> six = new ArrayList<>();
        ranges.stream().sorted().forEach(range -> add(range.first().length == V4_BYTES ? four : six, range));
        this.v4 = four.toArray(IpPrefix[]::new);
        this.v6 = six.toArray(IpPrefix[]::new);
    }

    /** Two ranges are apart or one holds the other; the one that holds others comes before them. */
    private static void add(List<IpPrefix> apart, IpPrefix next) {
        if (apart.isEmpty() || !apart.getLast().contains(next)) {
            apart.add(next);
        }
    }

    public static IpPrefixSet of(Collection<IpPrefix> ranges) {
        return new IpPrefixSet(List.copyOf(ranges));
    }

    /** As they were given. */
    public List<IpPrefix> ranges() {
        return ranges;
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        IpPrefix nearest = nearest(bytes);
        return nearest != null && nearest.contains(bytes);
    }

    /** Whether one of the ranges holds all of this one. */
    public boolean contains(IpPrefix range) {
        IpPrefix nearest = nearest(range.first());
        return nearest != null && nearest.contains(range);
    }

    /** The last range that does not begin behind the address. */
    private @Nullable IpPrefix nearest(byte[] address) {
        IpPrefix[] apart = address.length == V4_BYTES ? v4 : v6;
        int low = 0;
        int high = apart.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (apart[middle].compareFirst(address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : apart[low - 1];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpPrefixSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(ranges);
    }

    @Override
    public String toString() {
        return ranges.toString();
    }
}
