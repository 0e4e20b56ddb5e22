package bulwark.web;

import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerRequest;
import java.util.Set;

/**
 * The head of a request after every check that needs no route and no identity.
 *
 * @param bodyLength bytes, 0 for none, -1 when the body comes in chunks
 * @param expectsContinue the client waits for 100 before it sends the body
 * @param fromForeignOrigin a browser sends it for a page of another origin, and it may change something
 */
record RequestHead(
        String method,
        RequestTarget target,
        String host,
        long bodyLength,
        boolean expectsContinue,
        boolean fromForeignOrigin) {

    /** @throws Refused when the request must not go on */
    static RequestHead of(HttpServerRequest request, Service service, boolean tls) {
        Service.Limits limits = service.limits();
        HttpRequest decoded = ((Http1ServerRequest) request).nettyRequest();
        if (decoded instanceof RefusedRequest refused) {
            throw new Refused(refused.refusal());
        }
        if (decoded.uri().length() > limits.maxUri()) {
            throw new Refused(new EdgeRefusal.UriTooLong());
        }
        MultiMap headers = request.headers();
        String method = decoded.method().name();
        String host = host(headers);
        checkAuthorization(headers);
        RequestTarget target = target(decoded.uri(), service.pathPrefixes());
        return new RequestHead(
                method,
                target,
                host,
                bodyLength(method, headers, limits.maxBody()),
                "100-continue".equalsIgnoreCase(headers.get(HttpHeaders.EXPECT)),
                foreignOrigin(method, (tls ? "https://" : "http://") + host, service.origins(), headers));
    }

    /** Without an origin it is the browser's own word that counts, where it gives one. */
    private static boolean foreignOrigin(String method, String own, Set<String> allowed, MultiMap headers) {
        if (method.equals("GET") || method.equals("HEAD")) {
            return false;
        }
        String origin = headers.get(HttpHeaders.ORIGIN);
        if (origin == null) {
            String site = headers.get("Sec-Fetch-Site");
            return "cross-site".equals(site) || "same-site".equals(site);
        }
        return !origin.equalsIgnoreCase(own) && !allowed.contains(origin);
    }

    boolean hasBody() {
        return bodyLength != 0;
    }

    private static RequestTarget target(String uri, PathPrefixes prefixes) {
        try {
            RequestTarget sent = RequestTarget.parse(uri);
            RequestTarget target = new RequestTarget(prefixes.normalize(sent.path()), sent.query());
            if (target.query().indexOf('%') >= 0) {
                QueryString.parse(target.query());
            }
            return target;
        } catch (RequestTarget.Malformed e) {
            throw bad(String.valueOf(e.getMessage()));
        } catch (PercentEncoding.Malformed e) {
            throw bad("The query is malformed: " + e.getMessage() + ".");
        }
    }

    private static String host(MultiMap headers) {
        String host = headers.get(HttpHeaders.HOST);
        if (host == null || host.isEmpty()) {
            throw bad("The Host header is missing.");
        }
        if (headers.getAll(HttpHeaders.HOST).size() > 1) {
            throw bad("The Host header must appear exactly once.");
        }
        return host;
    }

    private static long bodyLength(String method, MultiMap headers, int limit) {
        if (headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
            return -1;
        }
        String declared = headers.get(HttpHeaders.CONTENT_LENGTH);
        if (declared == null) {
            if (method.equals("GET") && headers.contains("sec-websocket-key1")) {
                throw bad("This server does not speak WebSocket."); // the decoder would read eight more bytes as a body
            }
            return 0;
        }
        long length = Long.parseLong(declared.trim()); // the decoder let digits only pass
        if (length > limit) {
            throw new Refused(new EdgeRefusal.BodyTooLarge(limit));
        }
        return length;
    }

    private static void checkAuthorization(MultiMap headers) {
        if (headers.getAll(HttpHeaders.AUTHORIZATION).size() > 1) {
            throw bad("The Authorization header must appear at most once.");
        }
    }

    private static Refused bad(String sentence) {
        return new Refused(new EdgeRefusal.BadRequest(sentence));
    }

    /** Carries a refusal out of the checks; without a stack trace, because untrusted callers can cause it at will. */
    static final class Refused extends RuntimeException {
        private final transient EdgeRefusal refusal;

        Refused(EdgeRefusal refusal) {
            super(refusal.code(), null, false, false);
            this.refusal = refusal;
        }

        EdgeRefusal refusal() {
            return refusal;
        }
    }
}
