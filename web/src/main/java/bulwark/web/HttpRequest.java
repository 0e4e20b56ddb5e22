package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.tls.PeerIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A complete request of any transport. The query is decoded at the first question; a race there decodes it twice, to the same value. */
final class HttpRequest implements Request {
    private final Origin origin;
    private final String method;
    private final RequestTarget target;
    private final Router.Match.Found match;
    private final Headers headers;
    private final byte[] body;
    private final @Nullable Principal principal;
    private final RequestMemory memory;
    private volatile @Nullable QueryString query;

    /** @param requestId as echoed to the caller; @param remote address without port, or {@code local} */
    record Origin(
            String requestId,
            boolean tls,
            String remote,
            @Nullable PeerIdentity peer) {}

    HttpRequest(
            Origin origin,
            String method,
            RequestTarget target,
            Router.Match.Found match,
            Headers headers,
            byte[] body,
            @Nullable Principal principal,
            RequestMemory memory) {
        this.origin = origin;
        this.method = method;
        this.target = target;
        this.match = match;
        this.headers = headers;
        this.body = body;
        this.principal = principal;
        this.memory = memory;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public String pathParameter(String name) {
        return match.parameter(name);
    }

    @Override
    public Optional<String> query(String name) {
        return query().first(name);
    }

    @Override
    public List<String> queryAll(String name) {
        return query().all(name);
    }

    @Override
    public Set<String> queryNames() {
        return query().names();
    }

    private QueryString query() {
        QueryString parsed = query;
        if (parsed == null) {
            parsed = QueryString.parse(target.query());
            query = parsed;
        }
        return parsed;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public Principal principal() {
        if (principal == null) {
            throw new IllegalStateException(
                    "an open route has no principal: " + match.route().path());
        }
        return principal;
    }

    @Override
    public String requestId() {
        return origin.requestId();
    }

    @Override
    public boolean tls() {
        return origin.tls();
    }

    @Override
    public String remote() {
        return origin.remote();
    }

    @Override
    public Optional<PeerIdentity> peer() {
        return Optional.ofNullable(origin.peer());
    }

    @Override
    public RequestMemory memory() {
        return memory;
    }
}
