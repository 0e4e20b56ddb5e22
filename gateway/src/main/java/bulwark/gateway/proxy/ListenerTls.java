package bulwark.gateway.proxy;

import bulwark.kernel.tls.ReloadingTls;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * TLS of a listener: versions and suites are the policy's, the certificate is the one that was loaded last.
 *
 * @param clientAuth whether clients are asked for a certificate
 */
public record ListenerTls(ReloadingTls material, ClientAuth clientAuth) {
    /** As ALPN names it. */
    static final String HTTP_2 = "h2";

    private static final long HANDSHAKE_SECONDS = 8;

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        NONE,
        /** One that is shown must be trusted. */
        WANT,
        NEED
    }

    SslHandler handler() {
        SSLEngine engine = material.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {HTTP_2, "http/1.1"});
        switch (clientAuth) {
            case NONE -> {}
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        return handler;
    }
}
