package bulwark.kernel.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A JSSE context that cannot be talked into an older protocol by forgetting a parameter, and that never resumes a session. */
final class Tls13Context extends SSLContext {
    /**
     * Seconds. JSSE neither sends nor keeps a TLS 1.3 ticket while the session timeout exceeds the protocol's limit of seven days; zero
     * would mean "no limit" and a small value would still allow resumption within it.
     */
    private static final int NO_TICKETS = 8 * 24 * 60 * 60;

    private Tls13Context(SSLContext context) {
        super(new Only13(context), context.getProvider(), "TLSv1.3");
    }

    static SSLContext of(KeyManager keys, TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            withoutResumption(context.getServerSessionContext());
            withoutResumption(context.getClientSessionContext());
            return new Tls13Context(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS 1.3", e);
        }
    }

    private static void withoutResumption(SSLSessionContext sessions) {
        sessions.setSessionTimeout(NO_TICKETS);
        // Zero would mean "no limit".
        sessions.setSessionCacheSize(1);
    }

    private static final class Only13 extends SSLContextSpi {
        private final SSLContext context;

        Only13(SSLContext context) {
            this.context = context;
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {
            throw new IllegalStateException("this context has its managers");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return Tls13Sockets.clients(context.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return Tls13Sockets.servers(context.getServerSocketFactory());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return only13(context.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return only13(context.createSSLEngine(host, port));
        }

        private static SSLEngine only13(SSLEngine engine) {
            engine.setEnabledProtocols(Tls13Sockets.PROTOCOLS.clone());
            return engine;
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context.getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return only13(context.getDefaultSSLParameters());
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return only13(context.getSupportedSSLParameters());
        }

        private static SSLParameters only13(SSLParameters parameters) {
            parameters.setProtocols(Tls13Sockets.PROTOCOLS.clone());
            return parameters;
        }
    }
}
