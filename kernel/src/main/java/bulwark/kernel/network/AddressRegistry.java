package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;

/** Which range an address belongs to. Immutable; a look-up walks some sixty ranges and allocates nothing. */
final class AddressRegistry {
    static final AddressRegistry PUBLIC = new AddressRegistry(DataFile.lines("address-ranges.txt").stream()
            .map(AddressRange::parse)
            .toList());

    /** Most specific first, so the first that contains an address is its own. */
    private final List<AddressRange> ranges;

    AddressRegistry(List<AddressRange> ranges) {
        this.ranges = ranges.stream()
                .sorted(Comparator.comparingInt((AddressRange r) -> r.prefix().length())
                        .reversed())
                .toList();
    }

    List<AddressRange> ranges() {
        return ranges;
    }

    /** The range that decides: of an address that carries an IPv4 address, the range of that one. */
    AddressRange of(InetAddress address) {
        AddressRange own = ranges.stream()
                .filter(range -> range.prefix().contains(address))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no range for " + address.getHostAddress()));
        return own.embedded() == null ? own : of(carried(address, own.embedded()));
    }

    /** The IPv4 address that an IPv6 address carries, or the address itself. */
    InetAddress effective(InetAddress address) {
        return ranges.stream()
                .filter(range -> range.prefix().contains(address))
                .findFirst()
                .map(AddressRange::embedded)
                .map(embedded -> carried(address, embedded))
                .orElse(address);
    }

    private static InetAddress carried(InetAddress address, AddressRange.Embedded embedded) {
        return TargetHost.Address.of(embedded.of(address.getAddress())).address();
    }
}
