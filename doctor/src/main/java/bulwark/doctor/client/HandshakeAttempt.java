package bulwark.doctor.client;

import bulwark.kernel.error.PrintableText;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What came of one TLS 1.3 handshake that looks and trusts nobody: the chain that was served, the authorities that were asked for, and whether the server went on talking. In TLS 1.3 a client
 * learns of a refusal only when it reads, so one byte is asked for.
 *
 * @param chain that was served, the leaf first
 * @param authorities whose certificates the server asks for, as distinguished names
 * @param answered the server answered a request: the caller was let in
 * @param refusal the alert or what else ended the connection; empty when it was let in
 */
public record HandshakeAttempt(
        List<X509Certificate> chain, List<String> authorities, boolean answered, String refusal) {
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    public HandshakeAttempt {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    /** Shows no certificate. */
    public static HandshakeAttempt withoutCertificate(ProbeClient client, URI base) throws IOException {
        return attempt(client, base, new ShownCertificate(null, new X509Certificate[0]));
    }

    /** Shows a certificate of its own, trusted there or not. */
    public static HandshakeAttempt with(ProbeClient client, URI base, ShownIdentity identity) throws IOException {
        return attempt(
                client, base, new ShownCertificate(identity.key(), new X509Certificate[] {identity.certificate()}));
    }

    /** @throws IOException when none was served, so that nothing can be said of it */
    public X509Certificate servedLeaf() throws IOException {
        if (chain.isEmpty()) {
            throw new IOException("no certificate was served: " + refusal);
        }
        return chain.getFirst();
    }

    private static HandshakeAttempt attempt(ProbeClient client, URI base, ShownCertificate shown) throws IOException {
        ChainRecorder recorder = new ChainRecorder();
        AtomicBoolean over = new AtomicBoolean();
        try (Socket tcp = client.connect(base, TIMEOUT)) {
            // Each read has a timeout of its own, so that a handshake which drips would go on for ever.
            CompletableFuture.delayedExecutor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> {
                        over.set(true);
                        close(tcp);
                    });
            HandshakeAttempt attempt = attempt(tcp, base, shown, recorder);
            if (over.get() && !attempt.answered()) {
                throw new SocketTimeoutException("it dripped");
            }
            client.answered(base);
            return attempt;
        } catch (SocketTimeoutException silent) {
            client.failed(base);
            throw new IOException(base + " had not ended a handshake after " + TIMEOUT.toSeconds() + " s", silent);
        }
    }

    private static void close(Socket tcp) {
        try {
            tcp.close();
        } catch (IOException closed) {
            // the attempt was over before
        }
    }

    private static HandshakeAttempt attempt(Socket tcp, URI base, ShownCertificate shown, ChainRecorder recorder)
            throws IOException {
        try (SSLSocket tls = (SSLSocket) context(shown, recorder)
                .getSocketFactory()
                .createSocket(tcp, base.getHost(), ProbeClient.port(base), true)) {
            tls.setEnabledProtocols(new String[] {"TLSv1.3"});
            try {
                tls.startHandshake();
                tls.getOutputStream()
                        .write(("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                boolean answered = tls.getInputStream().read() >= 0;
                return new HandshakeAttempt(
                        recorder.chain, shown.asked, answered, answered ? "" : "closed without an answer");
            } catch (SocketTimeoutException silent) {
                throw silent;
            } catch (IOException refused) {
                return new HandshakeAttempt(
                        recorder.chain, shown.asked, false, PrintableText.of(String.valueOf(refused.getMessage())));
            }
        }
    }

    private static SSLContext context(ShownCertificate shown, ChainRecorder recorder) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {shown}, new TrustManager[] {recorder}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS 1.3", e);
        }
    }

    /** Shows what it was given, and remembers which authorities were asked for. */
    private static final class ShownCertificate extends X509ExtendedKeyManager {
        private final @Nullable PrivateKey key;
        private final X509Certificate[] shown;
        private final List<String> asked = new ArrayList<>();

        ShownCertificate(@Nullable PrivateKey key, X509Certificate[] shown) {
            this.key = key;
            this.shown = shown;
        }

        private @Nullable String alias(Principal @Nullable [] issuers) {
            if (issuers != null) {
                for (Principal issuer : issuers) {
                    asked.add(issuer.getName());
                }
            }
            return key == null ? null : "doctor";
        }

        @Override
        public @Nullable String chooseClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(issuers);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(issuers);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return shown;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return key == null ? null : new String[] {"doctor"};
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }

    /** Accepts whatever is served, to look at it; nothing is sent that a stranger may not read. */
    private static final class ChainRecorder extends X509ExtendedTrustManager {
        private List<X509Certificate> chain = List.of();

        @Override
        public void checkServerTrusted(X509Certificate[] served, String type, Socket socket) {
            chain = List.of(served);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] served, String type, SSLEngine engine) {
            chain = List.of(served);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] served, String type) {
            chain = List.of(served);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket) {
            throw new IllegalStateException("the doctor is never a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
            throw new IllegalStateException("the doctor is never a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type) {
            throw new IllegalStateException("the doctor is never a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
