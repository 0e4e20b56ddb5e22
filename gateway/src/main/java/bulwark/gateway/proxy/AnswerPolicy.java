package bulwark.gateway.proxy;

import java.nio.charset.StandardCharsets;

/** The header lines that every answer bears, exactly once and whatever a backend sent. */
final class AnswerPolicy {
    private static final String FIVE = """
            X-Content-Type-Options: nosniff\r
            X-Frame-Options: DENY\r
            X-XSS-Protection: 0\r
            Referrer-Policy: strict-origin-when-cross-origin\r
            Permissions-Policy: camera=(), microphone=(), geolocation=()\r
            """;
    private static final String TRANSPORT = "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

    static final byte[] PLAIN = FIVE.getBytes(StandardCharsets.US_ASCII);
    static final byte[] TLS = (FIVE + TRANSPORT).getBytes(StandardCharsets.US_ASCII);

    private AnswerPolicy() {}

    static byte[] lines(boolean tls) {
        return tls ? TLS : PLAIN;
    }
}
