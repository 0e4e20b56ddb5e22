package bulwark.web;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's TLS engine, in contexts that are {@link ObservedSslContext}s. */
final class ObservedEngineOptions extends JdkSSLEngineOptions {
    private final HandshakeObserver observer;

    ObservedEngineOptions(HandshakeObserver observer) {
        this.observer = observer;
    }

    @Override
    public JdkSSLEngineOptions copy() {
        return new ObservedEngineOptions(observer);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new ObservedFactory(super.sslContextFactory(), observer);
    }

    /** Hands every choice on. */
    private record ObservedFactory(SslContextFactory real, HandshakeObserver observer) implements SslContextFactory {
        @Override
        public SslContextFactory useAlpn(boolean use) {
            real.useAlpn(use);
            return this;
        }

        @Override
        public SslContextFactory forServer(ClientAuth clientAuth) {
            real.forServer(clientAuth);
            return this;
        }

        @Override
        public SslContextFactory enabledProtocols(Set<String> protocols) {
            real.enabledProtocols(protocols);
            return this;
        }

        @Override
        public SslContextFactory keyMananagerFactory(KeyManagerFactory factory) {
            real.keyMananagerFactory(factory);
            return this;
        }

        @Override
        public SslContextFactory trustManagerFactory(TrustManagerFactory factory) {
            real.trustManagerFactory(factory);
            return this;
        }

        @Override
        public SslContextFactory enabledCipherSuites(Set<String> suites) {
            real.enabledCipherSuites(suites);
            return this;
        }

        @Override
        public SslContextFactory applicationProtocols(List<String> protocols) {
            real.applicationProtocols(protocols);
            return this;
        }

        @Override
        public SslContext create() throws SSLException {
            return new ObservedSslContext(real.create(), observer);
        }
    }
}
