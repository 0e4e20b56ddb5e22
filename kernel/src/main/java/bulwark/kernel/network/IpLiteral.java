package bulwark.kernel.network;

import org.jspecify.annotations.Nullable;

/**
 * Addresses in their canonical spellings: four decimal numbers, or RFC 4291 §2.2 without a zone. Spellings that parsers read differently (leading zeros,
 * fewer than four numbers) are none. Stateless.
 */
final class IpLiteral {
    private static final int GROUPS = 8;

    private IpLiteral() {}

    /** @return 4 or 16 bytes, or null */
    static byte @Nullable [] parse(String text) {
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    static byte @Nullable [] v4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int number = decimal(parts[i]);
            if (number < 0) {
                return null;
            }
            bytes[i] = (byte) number;
        }
        return bytes;
    }

    static byte @Nullable [] v6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] bytes = new byte[16];
            return groups(text, bytes) == GROUPS ? bytes : null;
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        byte[] head = new byte[16];
        byte[] tail = new byte[16];
        String before = text.substring(0, gap);
        int left = before.isEmpty() ? 0 : before.indexOf('.') >= 0 ? -1 : groups(before, head);
        int right = text.length() == gap + 2 ? 0 : groups(text.substring(gap + 2), tail);
        if (left < 0 || right < 0 || left + right >= GROUPS) {
            return null;
        }
        System.arraycopy(tail, 0, head, 16 - 2 * right, 2 * right);
        return head;
    }

    /** @return how many groups of 16 bits the text has, an IPv4 address at its end being two; negative for none */
    private static int groups(String text, byte[] into) {
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            if (last && parts[i].indexOf('.') >= 0) {
                byte[] v4 = v4(parts[i]);
                if (v4 == null || count > GROUPS - 2) {
                    return -1;
                }
                System.arraycopy(v4, 0, into, 2 * count, 4);
                return count + 2;
            }
            int group = hex(parts[i]);
            if (group < 0 || count == GROUPS) {
                return -1;
            }
            into[2 * count] = (byte) (group >> 8);
            into[2 * count + 1] = (byte) group;
            count++;
        }
        return count;
    }

    private static int decimal(String digits) {
        if (digits.isEmpty() || digits.length() > 3 || (digits.length() > 1 && digits.charAt(0) == '0')) {
            return -1;
        }
        int value = number(digits, 10);
        return value > 255 ? -1 : value;
    }

    private static int hex(String digits) {
        return digits.isEmpty() || digits.length() > 4 ? -1 : number(digits, 16);
    }

    private static int number(String digits, int radix) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}
