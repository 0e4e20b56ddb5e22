package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.network.TargetUrl;

/**
 * Where connections lead, and in which protocol. Upstreams of one tenant that have the same origin share their connections, however many routes name them; those of two tenants
 * never do, so that what one tenant's backend leaves in a connection cannot reach the other's calls. One object for each origin: {@link UpstreamDirectory}. Thread-safe.
 */
public final class UpstreamOrigin {
    private final Key key;
    private final TargetUrl url;
    private volatile boolean knownAsHttp2;

    record Key(String tenant, String scheme, String host, int port, UpstreamHttp http, RouteTls tls) {
        static Key of(String tenant, TargetUrl url, UpstreamHttp http, RouteTls tls) {
            return new Key(tenant, url.scheme(), url.host().text(), url.port(), http, tls);
        }
    }

    /** @param url of which scheme, host and port count */
    UpstreamOrigin(Key key, TargetUrl url) {
        this.key = key;
        this.url = url;
    }

    public TargetUrl url() {
        return url;
    }

    public boolean isTls() {
        return key.scheme.equals("https");
    }

    /** As the routes have it. */
    public UpstreamHttp http() {
        return key.http;
    }

    /** What the routes ask of TLS. */
    public RouteTls tls() {
        return key.tls;
    }

    /** Whether it is spoken to in HTTP/2, as far as is known before a connection: many calls may share one then. */
    public boolean sharesConnections() {
        return key.http == UpstreamHttp.H2 || knownAsHttp2;
    }

    /** What the last connection negotiated. */
    public void negotiated(boolean http2) {
        if (knownAsHttp2 != http2) {
            knownAsHttp2 = http2;
        }
    }

    /** Whether its host needs no look-up. */
    public boolean isAddress() {
        return url.host() instanceof TargetHost.Address;
    }

    Key key() {
        return key;
    }

    /** For logs: it holds an address. */
    @Override
    public String toString() {
        return key.scheme + "://" + key.host + ":" + key.port;
    }
}
