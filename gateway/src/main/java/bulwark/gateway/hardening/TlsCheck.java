package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.kernel.tls.AuthorityNames;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Shakes hands with the TLS listener in every version, and asks for plain HTTP where there should be none. */
final class TlsCheck {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int MIN_EC_BITS = 256;
    private static final int MIN_RSA_BITS = 2_048;

    private final HardeningTarget target;
    private final Clock clock;
    private final Observation seen = new Observation();

    private TlsCheck(HardeningTarget target, Clock clock) {
        this.target = target;
        this.clock = clock;
    }

    static BoxFinding of(HardeningTarget target, Clock clock) {
        TlsCheck check = new TlsCheck(target, clock);
        if (target.tlsPort() == 0) {
            check.seen.bad("no certificate is configured, so that callers are answered in plain HTTP on port "
                    + target.plainPort());
        } else {
            check.handshakes();
            check.plainRequests();
        }
        return check.seen.of(HardeningBox.TLS);
    }

    private void handshakes() {
        X509Certificate certificate = handshake(TlsPolicy.publicServer13());
        seen.judge(certificate != null, "TLS 1.3 is spoken", "TLS 1.3 is not spoken on port " + target.tlsPort());
        X509Certificate older = handshake(new TlsPolicy(
                List.of("TLSv1.2"), TlsPolicy.publicServer().suites(), TlsPolicy.PeerName.ANY, AuthorityNames.ANY));
        seen.good(older == null ? "TLS 1.2 is refused" : "TLS 1.2 is spoken with forward secret suites");
        for (int minor = 0; minor <= 2; minor++) {
            String name = minor == 0 ? "SSL 3.0" : "TLS 1." + (minor - 1);
            seen.judge(isRefused(minor), name + " is refused", name + " is spoken");
        }
        if (certificate != null) {
            judge(certificate);
        }
    }

    private @Nullable X509Certificate handshake(TlsPolicy policy) {
        try (ClientTls client = ClientTls.load(ClientTls.Files.NONE, ClientTls.Servers.ANY, policy, clock);
                Socket plain = connected();
                SSLSocket socket =
                        (SSLSocket) client.sockets().createSocket(plain, "localhost", target.tlsPort(), true)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException refused) {
            return null;
        }
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(target.host(), target.tlsPort()), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private void judge(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        seen.judge(
                clock.instant().isBefore(end),
                "the certificate is good until " + end,
                "the certificate expired at " + end);
        int bits = certificate.getPublicKey() instanceof RSAPublicKey rsa
                ? rsa.getModulus().bitLength()
                : certificate.getPublicKey() instanceof ECPublicKey ec
                        ? ec.getParams().getCurve().getField().getFieldSize()
                        : MIN_EC_BITS;
        boolean rsa = certificate.getPublicKey() instanceof RSAPublicKey;
        seen.judge(
                bits >= (rsa ? MIN_RSA_BITS : MIN_EC_BITS),
                "its key has " + bits + " bits",
                "its key has only " + bits + " bits");
    }

    /** JSSE does not offer these versions any more, so the first message is written here (RFC 5246, section 7.4.1.2). */
    private boolean isRefused(int minor) {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(clientHello(minor));
            return socket.getInputStream().read() != HANDSHAKE_RECORD;
        } catch (IOException closed) {
            return true;
        }
    }

    static byte[] clientHello(int minor) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(3);
        body.write(minor);
        body.writeBytes(new byte[32]);
        body.write(0);
        // Suites that every server of the time had, one method of compression, the curves and point formats of that
        // time.
        body.writeBytes(HexFormat.of().parseHex("0010c00ac009c014c0130035002f000a0005"));
        body.writeBytes(HexFormat.of().parseHex("0100"));
        body.writeBytes(HexFormat.of().parseHex("0010000a00060004001700180" + "00b00020100"));
        byte[] hello = body.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {HANDSHAKE_RECORD, 3, (byte) Math.min(minor, 1)});
        out.write((hello.length + 4) >> 8);
        out.write(hello.length + 4);
        out.writeBytes(new byte[] {1, 0, (byte) (hello.length >> 8), (byte) hello.length});
        out.writeBytes(hello);
        return out.toByteArray();
    }

    private void plainRequests() {
        try {
            HttpProbe.Answer answer = target.plain().get("/");
            List<String> location = answer.values("Location");
            seen.judge(
                    answer.status() == 308
                            && location.size() == 1
                            && location.getFirst().startsWith("https://"),
                    "plain HTTP on port " + target.plainPort() + " redirects to " + String.join(", ", location),
                    "plain HTTP on port " + target.plainPort() + " answers " + answer.status() + " and no redirect");
        } catch (IOException e) {
            seen.good("plain HTTP on port " + target.plainPort() + " is not answered");
        }
        try {
            int status =
                    HttpProbe.plain(target.host(), target.tlsPort()).get("/").status();
            seen.bad("plain HTTP on the TLS port is answered with " + status);
        } catch (IOException e) {
            seen.good("plain HTTP on the TLS port is not answered");
        }
    }
}
