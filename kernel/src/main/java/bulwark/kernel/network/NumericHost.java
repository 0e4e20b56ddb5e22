package bulwark.kernel.network;

/** IPv4 in the spellings that inet_aton and browsers accept: one to four numbers, decimal or hexadecimal, the last filling the rest. Stateless. */
final class NumericHost {
    private static final int MAX_PARTS = 4;

    private NumericHost() {}

    /** @param text of which the last label is a number */
    static TargetHost.Address parse(String text) throws TargetRefused {
        String[] parts = text.split("\\.", -1);
        if (parts.length > MAX_PARTS) {
            throw HostParser.refused(text, "has more than four numbers and is no IPv4 address");
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            int bits = last ? 8 * (MAX_PARTS - i) : 8;
            long number = number(text, parts[i]);
            if (number >= 1L << bits) {
                throw HostParser.refused(text, "has a number that is too large for an IPv4 address");
            }
            address = address << bits | number;
        }
        return TargetHost.Address.of(
                new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
    }

    private static long number(String text, String part) throws TargetRefused {
        boolean hex = part.startsWith("0x");
        String digits = hex ? part.substring(2) : part;
        if (!hex && digits.length() > 1 && digits.charAt(0) == '0') {
            throw HostParser.refused(
                    text, "has a number with a leading zero, which some programs read as octal; leave the zero out");
        }
        boolean valid = hex ? digits.matches("[0-9a-f]{0,16}") : digits.matches("[0-9]{1,16}");
        if (!valid) {
            throw HostParser.refused(text, "ends in a number and is no IPv4 address");
        }
        String significant = digits.replaceFirst("^0+", "");
        if (significant.length() > 11) {
            throw HostParser.refused(text, "has a number that is too large for an IPv4 address");
        }
        return significant.isEmpty() ? 0 : Long.parseLong(significant, hex ? 16 : 10);
    }
}
