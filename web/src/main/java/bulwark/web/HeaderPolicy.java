package bulwark.web;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The headers that every answer of a service bears, exactly once: also errors of the HTTP decoder and answers on the local socket. What a handler sets under
 * one of these names, or under a name that belongs to the message itself ({@code Content-Length}, {@code Connection}, …), is dropped. Immutable.
 */
public final class HeaderPolicy {
    /** Of the message and the edge; the type is a component of {@link Response}. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-length",
            "content-type",
            "keep-alive",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-request-id");

    static final CharSequence REQUEST_ID = AsciiString.cached("x-request-id");

    private static final HeaderPolicy STANDARD = new HeaderPolicy(Map.of(), Map.of())
            .with("x-content-type-options", "nosniff")
            .with("x-frame-options", "DENY")
            .with("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
            .with("referrer-policy", "no-referrer")
            .with("cache-control", "no-store")
            .with("cross-origin-resource-policy", "same-origin")
            .withOverTls("strict-transport-security", "max-age=31536000");

    /** By name in lower case. */
    private final Map<String, String> always;

    private final Map<String, String> overTls;
    private final CharSequence[] encodedAlways;
    private final CharSequence[] encodedOverTls;

    private HeaderPolicy(Map<String, String> always, Map<String, String> overTls) {
        this.always = always;
        this.overTls = overTls;
        this.encodedAlways = encoded(always);
        this.encodedOverTls = encoded(overTls);
    }

    /**
     * For an API: nothing is rendered, framed, sniffed, cached or read by other origins, and no referrer is sent. A service of pages replaces what its
     * pages need.
     */
    public static HeaderPolicy standard() {
        return STANDARD;
    }

    /** With this value on every answer, in place of another one of the name. @throws IllegalArgumentException when no policy can hold the name or value */
    public HeaderPolicy with(String name, String value) {
        String key = checked(name, value);
        Map<String, String> more = new LinkedHashMap<>(always);
        more.put(key, value);
        return new HeaderPolicy(more, without(overTls, key));
    }

    /** As {@link #with}, on answers over TLS alone; elsewhere handlers cannot set it either. */
    public HeaderPolicy withOverTls(String name, String value) {
        String key = checked(name, value);
        Map<String, String> more = new LinkedHashMap<>(overTls);
        more.put(key, value);
        return new HeaderPolicy(without(always, key), more);
    }

    /** Leaves the name to the handlers. */
    public HeaderPolicy without(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return new HeaderPolicy(without(always, key), without(overTls, key));
    }

    /**
     * Writes all headers of an answer but those that frame it.
     *
     * @param headers empty
     * @param requestId empty for none
     * @param dropped is handed each name, in lower case, under which the handler wanted another value
     */
    void write(MultiMap headers, boolean tls, String requestId, Response answer, Consumer<String> dropped) {
        add(headers, encodedAlways);
        if (tls) {
            add(headers, encodedOverTls);
        }
        if (!requestId.isEmpty()) {
            headers.add(REQUEST_ID, requestId);
        }
        if (!answer.contentType().isEmpty()) {
            headers.add(HttpHeaders.CONTENT_TYPE, answer.contentType());
        }
        if (!answer.headers().isEmpty()) {
            answer.headers().forEach((name, value) -> {
                String key = name.toLowerCase(Locale.ROOT);
                if (!owns(key)) {
                    headers.add(name, value);
                } else if (!value.equals(always.get(key))) {
                    dropped.accept(key);
                }
            });
        }
    }

    private boolean owns(String key) {
        return always.containsKey(key) || overTls.containsKey(key) || RESERVED.contains(key);
    }

    private static String checked(String name, String value) {
        String key = name.toLowerCase(Locale.ROOT);
        if (!HeaderNames.isToken(name) || RESERVED.contains(key) || key.equals("set-cookie")) {
            throw new IllegalArgumentException("a header policy cannot hold " + name);
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("the value of " + name + " must be printable ASCII");
        }
        return key;
    }

    private static Map<String, String> without(Map<String, String> map, String key) {
        Map<String, String> less = new LinkedHashMap<>(map);
        less.keySet().remove(key);
        return less;
    }

    private static void add(MultiMap headers, CharSequence[] namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    private static CharSequence[] encoded(Map<String, String> map) {
        return map.entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .map(AsciiString::cached)
                .toArray(CharSequence[]::new);
    }
}
