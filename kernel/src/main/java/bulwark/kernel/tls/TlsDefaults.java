package bulwark.kernel.tls;

/**
 * Process-wide settings of the JDK's TLS, which reads them once: call {@link #apply()} before anything else in {@code main}.
 * Values given on the command line win.
 */
public final class TlsDefaults {
    private TlsDefaults() {}

    /** Idempotent. */
    public static void apply() {
        // A resumed session skips the trust manager: a peer whose CA was removed could come back with a ticket.
        setIfAbsent("jdk.tls.server.newSessionTicketCount", "0");
        // In TLS 1.2 the JDK would announce a ticket and then, because of the long session timeout that keeps TLS 1.3
        // from sending
        // one, not send it: OpenSSL's clients end such a handshake.
        setIfAbsent("jdk.tls.server.enableSessionTicketExtension", "false");
        // In TLS 1.2 a client could otherwise make the server repeat the costly part of the handshake at will.
        setIfAbsent("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        // Without this the client computes a key share for two groups in every handshake; the order is the preference.
        setIfAbsent("jdk.tls.namedGroups", "x25519,secp256r1");
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
