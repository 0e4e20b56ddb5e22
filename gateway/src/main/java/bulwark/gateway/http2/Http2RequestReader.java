package bulwark.gateway.http2;

import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header list of a request (RFC 9113 §8.2, §8.3): checks what only HTTP/2 has, writes the rest as a head of HTTP/1.1 and lets the one reader of heads judge it. No byte of a list can end a
 * line of that head. One for each event loop; not thread-safe.
 */
public final class Http2RequestReader {
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\nhost: ");
    private static final byte[] SPACE = ascii(" ");
    private static final byte[] CRUMB = ascii("; ");
    private static final byte[] COOKIE = ascii("cookie: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final int MAX_TRAILER_BYTES = 8_192;

    private final HeadLimits limits;
    private final BoundedHead out;
    private @Nullable String fault;
    private @Nullable CharSequence method;
    private @Nullable CharSequence scheme;
    private @Nullable CharSequence authority;
    private @Nullable CharSequence path;
    private @Nullable CharSequence host;
    private int cookies;
    private boolean lengthNamed;

    public Http2RequestReader(HeadLimits limits) {
        this.limits = limits;
        this.out = new BoundedHead(limits.maxBytes());
    }

    /** A sentence for the sender. */
    public String fault(HeadReader reader) {
        return fault == null ? reader.fault() : fault;
    }

    /**
     * Reads one list.
     *
     * @param ended whether no body follows
     * @param reader holds the head when this is complete
     */
    public HeadReader.Result read(HeaderList list, boolean ended, HeadReader reader) {
        begin();
        if (!readPseudo(list) || !checkFields(list)) {
            return HeadReader.Result.MALFORMED;
        }
        CharSequence verb = method;
        CharSequence named = authority == null ? host : authority;
        if (verb == null || named == null || named.length() == 0) {
            fault = "A request names its authority.";
            return HeadReader.Result.MALFORMED;
        }
        CharSequence target = path == null ? "*" : path;
        if (target.length() > limits.targetBytes()) {
            return HeadReader.Result.TARGET_TOO_LONG;
        }
        out.put(verb);
        out.put(SPACE);
        out.put(target);
        out.put(VERSION);
        out.put(named);
        out.lineEnd();
        putFields(list);
        if (!ended && !lengthNamed) {
            out.put(CHUNKED);
        }
        out.lineEnd();
        if (out.isOverflown()) {
            return HeadReader.Result.FIELDS_TOO_LARGE;
        }
        HeadReader.Result result = reader.readRequest(out.bytes(), out.length());
        if (result == HeadReader.Result.COMPLETE && ended && reader.contentLength() > 0) {
            fault = "Content-Length says that a body follows, and none does.";
            return HeadReader.Result.MALFORMED;
        }
        return result == HeadReader.Result.INCOMPLETE ? HeadReader.Result.MALFORMED : result;
    }

    /** The lines of a list of trailers as HTTP/1.1 has them, the blank line included; null when the list is wrong. */
    public byte @Nullable [] trailers(HeaderList list) {
        begin();
        for (int i = 0; i < list.count(); i++) {
            if (!HeaderListSyntax.isName(list.name(i)) || !HeaderListSyntax.isValue(list.value(i))) {
                return null;
            }
            out.field(list.name(i), list.value(i));
        }
        out.lineEnd();
        return out.isOverflown() || out.length() > MAX_TRAILER_BYTES ? null : out.toBytes();
    }

    private void begin() {
        out.clear();
        fault = null;
        method = null;
        scheme = null;
        authority = null;
        path = null;
        host = null;
        cookies = 0;
        lengthNamed = false;
    }

    private boolean wrong(String sentence) {
        fault = sentence;
        return false;
    }

    private boolean readPseudo(HeaderList list) {
        boolean regular = false;
        for (int i = 0; i < list.count(); i++) {
            CharSequence name = list.name(i);
            if (name.length() == 0 || name.charAt(0) != ':') {
                regular = true;
            } else if (regular) {
                return wrong("Pseudo-headers come before all other headers.");
            } else if (!takePseudo(name, list.value(i))) {
                return false;
            }
        }
        if (method == null) {
            return wrong("A request has a method.");
        }
        if (HeaderListSyntax.isText(method, "CONNECT")) {
            return scheme == null && path == null || wrong("CONNECT has neither scheme nor path.");
        }
        if (scheme == null || path == null) {
            return wrong("A request has a scheme and a path.");
        }
        if (!HeaderListSyntax.isText(scheme, "https")) {
            return wrong("The scheme of a request over TLS is https.");
        }
        boolean star = HeaderListSyntax.isText(path, "*");
        return path.length() > 0 && path.charAt(0) == '/' || star || wrong("The path does not begin with a slash.");
    }

    private boolean takePseudo(CharSequence name, CharSequence value) {
        if (!HeaderListSyntax.isVisible(value)) {
            return wrong("A pseudo-header is empty or holds a character that must be encoded.");
        }
        CharSequence former;
        if (HeaderListSyntax.isText(name, ":method")) {
            former = method;
            method = value;
        } else if (HeaderListSyntax.isText(name, ":path")) {
            former = path;
            path = value;
        } else if (HeaderListSyntax.isText(name, ":scheme")) {
            former = scheme;
            scheme = value;
        } else if (HeaderListSyntax.isText(name, ":authority")) {
            former = authority;
            authority = value;
        } else {
            return wrong("A request has the pseudo-headers :method, :scheme, :authority and :path and no others.");
        }
        return former == null || wrong("A pseudo-header comes twice.");
    }

    private boolean checkFields(HeaderList list) {
        for (int i = 0; i < list.count(); i++) {
            CharSequence name = list.name(i);
            CharSequence value = list.value(i);
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (!HeaderListSyntax.isName(name)) {
                return wrong("The name of a header is empty, or not in lower case, or holds a forbidden character.");
            }
            if (!HeaderListSyntax.isValue(value)) {
                return wrong("The value of a header begins or ends with a blank, or holds a control character.");
            }
            if (HeaderListSyntax.isOfConnection(name)) {
                return wrong("HTTP/2 has no headers of a connection.");
            }
            if (HeaderListSyntax.isText(name, "te") && !HeaderListSyntax.isText(value, "trailers")) {
                return wrong("The header te may say trailers and nothing else.");
            }
            lengthNamed |= HeaderListSyntax.isText(name, "content-length");
            cookies += HeaderListSyntax.isText(name, "cookie") ? 1 : 0;
            if (HeaderListSyntax.isText(name, "host") && !takeHost(value)) {
                return false;
            }
        }
        return true;
    }

    private boolean takeHost(CharSequence value) {
        if (host != null) {
            return wrong("A request has one host.");
        }
        host = value;
        return authority == null
                || HeaderListSyntax.isTextIgnoringCase(authority, value)
                || wrong("The header host names another host than :authority.");
    }

    private void putFields(HeaderList list) {
        for (int i = 0; i < list.count(); i++) {
            CharSequence name = list.name(i);
            boolean cookie = cookies > 1 && HeaderListSyntax.isText(name, "cookie");
            if (name.charAt(0) != ':' && !cookie && !HeaderListSyntax.isText(name, "host")) {
                out.field(name, list.value(i));
            }
        }
        if (cookies > 1) {
            putCookies(list);
        }
    }

    /** Crumbs of one header (RFC 9113 §8.2.3). */
    private void putCookies(HeaderList list) {
        out.put(COOKIE);
        boolean first = true;
        for (int i = 0; i < list.count(); i++) {
            if (HeaderListSyntax.isText(list.name(i), "cookie")) {
                if (!first) {
                    out.put(CRUMB);
                }
                out.put(list.value(i));
                first = false;
            }
        }
        out.lineEnd();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
