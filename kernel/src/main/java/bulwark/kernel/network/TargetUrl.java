package bulwark.kernel.network;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.network.TargetRefused.Reason;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An {@code http} or {@code https} URL that a server is told to call, its host in one spelling. Immutable.
 *
 * @param scheme {@code http} or {@code https}
 * @param port 1 to 65535; the scheme's own where the URL names none
 * @param path with its query, from its slash on, as it was written; {@code /} where the URL has none
 */
public record TargetUrl(String scheme, TargetHost host, int port, String path) {
    private static final int MAX_LENGTH = 2_048;
    private static final int MAX_QUOTED = 80;
    private static final Pattern SHAPE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?]*)([/?].*)?");
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::([0-9]*))?");

    /** @throws TargetRefused with a sentence that names what is wrong */
    public static TargetUrl parse(String url) throws TargetRefused {
        if (url.isEmpty()) {
            throw new TargetRefused(Reason.EMPTY, "The URL must not be empty.");
        }
        if (url.length() > MAX_LENGTH) {
            throw new TargetRefused(Reason.NO_URL, "The URL is longer than " + MAX_LENGTH + " characters.");
        }
        if (url.codePoints().anyMatch(TargetUrl::isForbidden)) {
            throw new TargetRefused(
                    Reason.NO_URL,
                    "The URL holds a blank, a control character, a backslash or a '#'; encode or remove it.");
        }
        Matcher shape = SHAPE.matcher(url);
        if (!shape.matches()) {
            throw new TargetRefused(Reason.NO_URL, quoted(url) + " is no URL; write it as https://host/path.");
        }
        String scheme = shape.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new TargetRefused(Reason.SCHEME, "The scheme " + quoted(scheme) + " is not http or https.");
        }
        String rest = shape.group(3) == null ? "/" : shape.group(3);
        return of(scheme, shape.group(2), rest.startsWith("?") ? "/" + rest : rest);
    }

    private static TargetUrl of(String scheme, String authority, String path) throws TargetRefused {
        if (authority.indexOf('@') >= 0) {
            throw new TargetRefused(Reason.USER_INFO, "The URL names a user in front of its host; remove it.");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches() || parts.group(1).isEmpty()) {
            throw new TargetRefused(Reason.HOST, "The URL has no host.");
        }
        return new TargetUrl(scheme, HostParser.parse(parts.group(1)), port(scheme, parts.group(2)), path);
    }

    private static int port(String scheme, @Nullable String digits) throws TargetRefused {
        if (digits == null || digits.isEmpty()) {
            return scheme.equals("https") ? 443 : 80;
        }
        int port = digits.length() > 5 ? 0 : Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new TargetRefused(Reason.PORT, "The port " + quoted(digits) + " is not between 1 and 65535.");
        }
        return port;
    }

    private static boolean isForbidden(int c) {
        return c <= ' ' || c == 0x7f || c == '\\' || c == '#' || Character.isISOControl(c) || Character.isSpaceChar(c);
    }

    /** For a sentence. */
    static String quoted(String text) {
        return "'" + PrintableText.of(text, MAX_QUOTED) + "'";
    }

    /** As written to a log or a Host line: scheme, host and port, without the path, which may hold secrets. */
    public String origin() {
        return scheme + "://" + host.text() + ":" + port;
    }

    @Override
    public String toString() {
        return origin();
    }
}
