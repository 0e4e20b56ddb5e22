package bulwark.gateway.possession;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificate that a proxy which ends TLS has checked: {@code X-SSL-Client-*}, as nginx and HAProxy are configured to pass it, or headers of other names. Thread-safe.
 */
final class ProxyCertificateHeaders {
    private static final String PREFIX = "x-ssl-client-";
    private static final DateTimeFormatter OPENSSL =
            DateTimeFormatter.ofPattern("MMM d HH:mm:ss yyyy 'GMT'", Locale.ROOT);

    private final Map<CertificateHeader, String> names = new EnumMap<>(CertificateHeader.class);
    /** Those that no rule of the gateway keeps from backends. */
    private final List<String> unreserved;

    /** @param names by what the headers hold */
    ProxyCertificateHeaders(Map<CertificateHeader, String> names) {
        names.forEach((header, name) -> this.names.put(header, HeaderName.folded(name)));
        unreserved = this.names.values().stream()
                .filter(name -> HeaderName.codeOf(name) != HeaderName.RESERVED)
                .toList();
    }

    /** By their names in lower case, such as {@code x-ssl-client-verify}; null when there is none. @throws MtlsRefused when a header comes twice, in whatever spelling */
    @Nullable
    Map<String, String> read(RawRequestHead head) {
        Map<String, String> found = null;
        for (int i = 0; i < head.fieldCount(); i++) {
            long field = head.field(i);
            String name = name(head, field);
            if (name != null) {
                found = found == null ? new HashMap<>() : found;
                if (found.put(name, head.value(field)) != null) {
                    throw invalid("the header " + name + " comes twice");
                }
            }
        }
        return found;
    }

    /** Null when it is none of those headers. */
    private @Nullable String name(RawRequestHead head, long field) {
        if (Field.code(field) == HeaderName.RESERVED) {
            String name = HeaderName.folded(head.name(field));
            return name.startsWith(PREFIX) || names.containsValue(name) ? name : null;
        }
        int length = Field.nameEnd(field) - Field.nameStart(field);
        for (String name : unreserved) {
            if (name.length() == length && HeaderName.isSame(head.bytes(), Field.nameStart(field), name)) {
                return name;
            }
        }
        return null;
    }

    /** Keeps from the backend what the rules for all headers would let pass. */
    void strip(GatewayCall call, Map<String, String> headers) {
        for (String name : unreserved) {
            if (headers.containsKey(name)) {
                call.addBackendField(name, "");
            }
        }
    }

    /** @param headers not empty. @throws MtlsRefused when the proxy has not verified it, or it cannot be read */
    PresentedCertificate certificate(Map<String, String> headers) {
        if (!text(headers, CertificateHeader.VERIFY).equals("SUCCESS")) {
            throw invalid("the client certificate was not verified: its verification is not SUCCESS");
        }
        String pem = text(headers, CertificateHeader.CERTIFICATE);
        PresentedCertificate certificate = pem.isEmpty() ? named(headers) : PresentedCertificate.of(parsed(pem));
        String fingerprint = text(headers, CertificateHeader.FINGERPRINT);
        if (!fingerprint.isEmpty()
                && !CertificateFingerprint.parse(fingerprint)
                        .map(certificate.fingerprint()::equals)
                        .orElse(false)) {
            throw invalid("the fingerprint is not the SHA-256 of the client certificate");
        }
        return certificate;
    }

    private String text(Map<String, String> headers, CertificateHeader header) {
        return headers.getOrDefault(names.get(header), "");
    }

    private PresentedCertificate named(Map<String, String> headers) {
        String fingerprint = CertificateFingerprint.parse(text(headers, CertificateHeader.FINGERPRINT))
                .orElseThrow(() -> invalid("the fingerprint is no SHA-256 of a client certificate"));
        return new PresentedCertificate(
                fingerprint,
                text(headers, CertificateHeader.SUBJECT),
                text(headers, CertificateHeader.ISSUER),
                instant(text(headers, CertificateHeader.NOT_BEFORE)),
                instant(text(headers, CertificateHeader.NOT_AFTER)));
    }

    /** ISO 8601, or as OpenSSL prints it: {@code Nov 27 12:00:00 2026 GMT}. */
    private static @Nullable Instant instant(String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            String single = text.replaceAll(" +", " ");
            return single.endsWith("GMT")
                    ? LocalDateTime.parse(single, OPENSSL).toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw invalid("the validity of the client certificate cannot be read");
        }
    }

    private static X509Certificate parsed(String escaped) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(unescaped(escaped)));
        } catch (CertificateException | IllegalArgumentException e) {
            throw invalid("the client certificate cannot be read");
        }
    }

    /** A plus stays a plus: it is a character of base64. */
    private static byte[] unescaped(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%' && i + 2 < bytes.length) {
                out.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        return out.toByteArray();
    }

    private static MtlsRefused invalid(String detail) {
        return new MtlsRefused(MtlsFault.MTLS_CERT_INVALID, detail);
    }
}
