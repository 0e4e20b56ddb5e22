package bulwark.kernel.network;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One line of {@code address-ranges.txt}. Immutable. */
record AddressRange(
        IpPrefix prefix, AddressClass kind, @Nullable Embedded embedded, String name, String source) {
    /** Where an IPv4 address lies inside of an IPv6 address. @param bit of its first bit; inverted: all bits flipped (RFC 4380 §4) */
    record Embedded(int bit, boolean inverted) {
        byte[] of(byte[] address) {
            byte[] v4 = new byte[4];
            for (int i = 0; i < 4; i++) {
                byte b = address[bit / 8 + i];
                v4[i] = inverted ? (byte) ~b : b;
            }
            return v4;
        }
    }

    /** @param line four columns between bars */
    static AddressRange parse(String line) {
        String[] columns = line.split("\\|", -1);
        if (columns.length != 4) {
            throw new IllegalArgumentException("not four columns: " + line);
        }
        String kind = columns[1].strip();
        boolean embeds = kind.startsWith("embedded");
        return new AddressRange(
                IpPrefix.parse(columns[0].strip()),
                embeds ? AddressClass.GLOBAL : AddressClass.valueOf(kind.toUpperCase(Locale.ROOT)),
                embeds ? embedded(kind) : null,
                columns[2].strip(),
                columns[3].strip());
    }

    private static Embedded embedded(String kind) {
        String at = kind.substring("embedded".length());
        return at.isEmpty()
                ? new Embedded(96, false)
                : new Embedded(Integer.parseInt(at.substring(1)), at.charAt(0) == '~');
    }

    String words() {
        return prefix + " (" + name + ")";
    }
}
