package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The authority of one tenant, which vouches for that tenant's consumers alone.
 *
 * @param certificate its DER in base64
 */
public record SnapshotAuthority(String tenant, String certificate) {
    private static final int MAX_TEXT = 200;
    private static final Pattern PEM_FRAME = Pattern.compile("-----[A-Z ]+-----|\\s");
    private static final int MAX_BASE64 = 16 << 10;

    /** @param pem as the authority's object has it */
    public static SnapshotAuthority ofPem(String tenant, String pem) {
        return new SnapshotAuthority(tenant, PEM_FRAME.matcher(pem).replaceAll(""));
    }

    static SnapshotAuthority read(JsonFields fields) {
        SnapshotAuthority authority =
                new SnapshotAuthority(fields.text("tenant_id", MAX_TEXT), fields.text("certificate", MAX_BASE64));
        if (authority.parse().isEmpty()) {
            fields.fault("certificate", "must be the certificate of an authority, DER in base64");
        }
        fields.end();
        return authority;
    }

    /** Empty when it is no certificate of an authority. */
    public Optional<X509Certificate> parse() {
        try {
            X509Certificate parsed = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(Base64.getDecoder().decode(certificate)));
            return parsed.getBasicConstraints() < 0 ? Optional.empty() : Optional.of(parsed);
        } catch (GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("tenant_id", tenant);
        members.put("certificate", certificate);
        return members;
    }
}
