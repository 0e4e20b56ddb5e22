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

/**
 * A JSSE context that cannot be talked into an older protocol or another cipher suite by forgetting a parameter. It never resumes a TLS 1.3 session; in TLS 1.2 one session at
 * most, so whoever serves looks at the peer's certificate again at each request.
 */
final class PinnedTlsContext extends SSLContext {
    /**
     * Seconds. JSSE neither sends nor keeps a TLS 1.3 ticket while the session timeout exceeds the protocol's limit of seven days; zero
     * would mean "no limit" and a small value would still allow resumption within it.
     */
    private static final int NO_TICKETS = 8 * 24 * 60 * 60;

    static {
        TlsDefaults.apply();
    }

    private PinnedTlsContext(SSLContext context, TlsPolicy policy) {
        super(new Pinned(context, policy), context.getProvider(), "TLSv1.3");
    }

    static SSLContext of(TlsPolicy policy, KeyManager keys, TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            withoutResumption(context.getServerSessionContext());
            withoutResumption(context.getClientSessionContext());
            return new PinnedTlsContext(context, policy);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS 1.3", e);
        }
    }

    private static void withoutResumption(SSLSessionContext sessions) {
        sessions.setSessionTimeout(NO_TICKETS);
        // Zero would mean "no limit".
        sessions.setSessionCacheSize(1);
    }

    private static final class Pinned extends SSLContextSpi {
        private final SSLContext context;
        private final TlsPolicy policy;

        Pinned(SSLContext context, TlsPolicy policy) {
            this.context = context;
            this.policy = policy;
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {
            throw new IllegalStateException("this context has its managers");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return new PinnedTlsSockets(policy).clients(context.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return new PinnedTlsSockets(policy).servers(context.getServerSocketFactory());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return pin(context.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return pin(context.createSSLEngine(host, port));
        }

        private SSLEngine pin(SSLEngine engine) {
            engine.setSSLParameters(pin(engine.getSSLParameters()));
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
            return pin(context.getDefaultSSLParameters());
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return pin(context.getSupportedSSLParameters());
        }

        private SSLParameters pin(SSLParameters parameters) {
            parameters.setProtocols(policy.versionNames());
            parameters.setCipherSuites(policy.suiteNames());
            parameters.setUseCipherSuitesOrder(true);
            return parameters;
        }
    }
}
