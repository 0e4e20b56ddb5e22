package bulwark.web;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.Http1xHeaders;

/**
 * Stands in the stream for a request that could not be decoded, so that its refusal is sent in turn, after the answers to
 * the requests before it, and by the same code as every other answer. It never ends: the connection is closed after the answer.
 */
final class RefusedRequest extends DefaultHttpRequest {
    private final EdgeRefusal refusal;

    RefusedRequest(EdgeRefusal refusal) {
        super(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Http1xHeaders.httpHeaders());
        this.refusal = refusal;
    }

    EdgeRefusal refusal() {
        return refusal;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
