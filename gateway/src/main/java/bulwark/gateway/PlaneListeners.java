package bulwark.gateway;

import bulwark.gateway.proxy.DataPlane;
import bulwark.gateway.proxy.ListenerTls;
import bulwark.kernel.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The ports on which a data plane answers.
 *
 * @param port of plain HTTP, which redirects where there is TLS
 * @param tlsPort 0 when no certificate is configured
 */
record PlaneListeners(int port, int tlsPort) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String EVERY_ADDRESS = "0.0.0.0";

    /** Returns when they answer. */
    static PlaneListeners open(DataPlane plane, Configuration settings, @Nullable ListenerTls tls) {
        String host = host(settings, tls);
        int port = settings.port("STOA_PORT");
        if (tls == null) {
            return new PlaneListeners(plane.listenPlain(host, port), 0);
        }
        tls.material().watch();
        int tlsPort = plane.listenTls(host, settings.port("STOA_TLS__PORT"), tls);
        return new PlaneListeners(plane.listenRedirecting(host, port, tlsPort), tlsPort);
    }

    /** Loopback unless there is TLS or the operator says otherwise. */
    static String host(Configuration settings, @Nullable ListenerTls tls) {
        String host = settings.text("STOA_HOST");
        if (!host.isEmpty()) {
            return host;
        }
        return tls == null ? LOOPBACK : EVERY_ADDRESS;
    }

    /** For the log. */
    String sentence() {
        return tlsPort == 0
                ? "the gateway listens on port " + port
                : "the gateway listens on port " + tlsPort + " with TLS; port " + port + " redirects to it";
    }
}
