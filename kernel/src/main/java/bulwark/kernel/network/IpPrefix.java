package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.Arrays;

/** A range of addresses, such as {@code 10.0.0.0/8}. Immutable; IPv4 and IPv6 ranges never contain each other's addresses. */
public final class IpPrefix implements Comparable<IpPrefix> {
    private final byte[] network;
    private final int bits;
    private final String text;

    private IpPrefix(byte[] network, int bits, String text) {
        this.network = network;
        this.bits = bits;
        this.text = text;
    }

    /**
     * @param text an address, or an address and a length: {@code 10.0.0.0/8}, {@code ::1}
     * @throws IllegalArgumentException with a sentence, also when bits behind the length are set
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = literal(slash < 0 ? text : text.substring(0, slash), text);
        int length = slash < 0 ? bytes.length * 8 : length(text.substring(slash + 1), bytes.length * 8, text);
        for (int bit = length; bit < bytes.length * 8; bit++) {
            if (isSet(bytes, bit)) {
                throw new IllegalArgumentException(
                        "'" + text + "' has bits behind its length; write the first address of the range");
            }
        }
        return new IpPrefix(bytes, length, text);
    }

    public boolean contains(InetAddress address) {
        return contains(address.getAddress(), bits);
    }

    /** Whether every address of the other range is one of this range. */
    public boolean contains(IpPrefix other) {
        return other.bits >= bits && contains(other.network, bits);
    }

    /** How many leading bits are fixed; more is more specific. */
    public int length() {
        return bits;
    }

    /** @param address 4 or 16 bytes */
    boolean contains(byte[] address) {
        return contains(address, bits);
    }

    /** Negative when the first address of the range comes before this one of the same family. */
    int compareFirst(byte[] address) {
        return Arrays.compareUnsigned(network, address);
    }

    byte[] first() {
        return network;
    }

    /** IPv4 before IPv6, then by first address; of two with the same first address the larger range comes first. */
    @Override
    public int compareTo(IpPrefix other) {
        if (network.length != other.network.length) {
            return Integer.compare(network.length, other.network.length);
        }
        int byFirst = Arrays.compareUnsigned(network, other.network);
        return byFirst != 0 ? byFirst : Integer.compare(bits, other.bits);
    }

    private boolean contains(byte[] address, int length) {
        if (address.length != network.length) {
            return false;
        }
        int whole = length / 8;
        if (Arrays.mismatch(address, 0, whole, network, 0, whole) >= 0) {
            return false;
        }
        int rest = length % 8;
        return rest == 0 || (address[whole] & 0xff) >> (8 - rest) == (network[whole] & 0xff) >> (8 - rest);
    }

    private static boolean isSet(byte[] bytes, int bit) {
        return (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;
    }

    /** IPv4-mapped IPv6 stays 16 bytes long, where {@link InetAddress} would make an IPv4 address of it. */
    private static byte[] literal(String address, String whole) {
        byte[] bytes = IpLiteral.parse(address);
        if (bytes == null) {
            throw new IllegalArgumentException(
                    "'" + whole + "' is no range of addresses; write it as 10.0.0.0/8 or fd00::/8");
        }
        return bytes;
    }

    private static int length(String text, int max, String whole) {
        if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException("'" + whole + "' needs a length from 0 to " + max + " behind its slash");
        }
        return Integer.parseInt(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpPrefix p && bits == p.bits && Arrays.equals(network, p.network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + bits;
    }

    @Override
    public String toString() {
        return text;
    }
}
