package bulwark.kernel.network;

import bulwark.kernel.network.TargetRefused.Reason;
import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads a host as browsers do (WHATWG URL §3.5): percent-encoding, full-width and circled letters, and IPv4 addresses as one number, in hexadecimal or with parts left
 * out come to the address that they mean, before anything is judged. Where programs disagree (leading zeros, letters that IDNA 2003 and 2008 map differently) the host is
 * refused instead. Stateless.
 */
final class HostParser {
    private static final int MAX_NAME = 253;
    private static final Pattern NAME = Pattern.compile(
            "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?" + "(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
    /** The other full stops of IDNA (RFC 3490 §3.1). */
    private static final Pattern DOTS = Pattern.compile("[\u3002\uff0e\uff61]");
    /** Mapped by IDNA 2003 and kept by IDNA 2008: sharp s, final sigma, joiners. */
    private static final Pattern DEVIATIONS = Pattern.compile("[\u00df\u1e9e\u03c2\u200c\u200d]");

    private HostParser() {}

    /** @param host as in a URL, with brackets around IPv6 */
    static TargetHost parse(String host) throws TargetRefused {
        if (host.startsWith("[")) {
            return bracketed(host);
        }
        String ascii = ascii(decoded(host));
        String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
        if (endsInNumber(name)) {
            return NumericHost.parse(name);
        }
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw refused(host, "is no host name; a name has letters, digits, hyphens and dots");
        }
        return new TargetHost.Name(name);
    }

    private static TargetHost bracketed(String host) throws TargetRefused {
        String inside = host.endsWith("]") ? host.substring(1, host.length() - 1) : "";
        if (inside.indexOf('%') >= 0) {
            throw refused(host, "has a zone; an address that needs one is link-local and never a target");
        }
        byte[] bytes = inside.indexOf(':') < 0 ? null : IpLiteral.v6(inside);
        if (bytes == null) {
            throw refused(host, "is no IPv6 address");
        }
        return TargetHost.Address.of(bytes);
    }

    private static String decoded(String host) throws TargetRefused {
        if (host.indexOf('%') < 0) {
            return host;
        }
        ByteBuffer bytes = ByteBuffer.allocate(3 * host.length());
        for (int i = 0; i < host.length(); ) {
            int point = host.codePointAt(i);
            int width = Character.charCount(point);
            if (point == '%') {
                bytes.put(octet(host, i));
                width = 3;
            } else {
                bytes.put(host.substring(i, i + width).getBytes(StandardCharsets.UTF_8));
            }
            i += width;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw refused(host, "holds percent-encoded bytes that are no text");
        }
    }

    private static byte octet(String host, int at) throws TargetRefused {
        int high = at + 2 < host.length() ? Character.digit(host.charAt(at + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(host.charAt(at + 2), 16);
        if (low < 0) {
            throw refused(host, "holds a percent sign without two hexadecimal digits");
        }
        return (byte) (high << 4 | low);
    }

    private static String ascii(String host) throws TargetRefused {
        if (host.chars().allMatch(c -> c < 0x80)) {
            return host.toLowerCase(Locale.ROOT);
        }
        if (DEVIATIONS.matcher(host).find() || host.codePoints().anyMatch(HostParser::isInvisible)) {
            throw refused(host, "holds a character that programs read differently; write the name in its xn-- form");
        }
        String composed = Normalizer.normalize(DOTS.matcher(host).replaceAll("."), Normalizer.Form.NFKC);
        String folded = Normalizer.normalize(
                DOTS.matcher(composed).replaceAll(".").toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
        if (DEVIATIONS.matcher(folded).find()) {
            throw refused(host, "holds a character that programs read differently; write the name in its xn-- form");
        }
        try {
            return IDN.toASCII(folded, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw refused(host, "is no internationalised host name");
        }
    }

    private static boolean isInvisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** As WHATWG has it: the last label is a decimal or hexadecimal number, so the whole is an IPv4 address or an error. */
    private static boolean endsInNumber(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return last.matches("[0-9]+|0[xX][0-9a-fA-F]*");
    }

    static TargetRefused refused(String host, String why) {
        return new TargetRefused(Reason.HOST, "The host " + TargetUrl.quoted(host) + " " + why + ".");
    }
}
