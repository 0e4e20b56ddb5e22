package bulwark.gateway.possession;

import bulwark.gateway.http1.HeaderName;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting.Kind;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a proxy that ends TLS passes of a client certificate, each in a header whose name an operator may choose. */
public enum CertificateHeader {
    VERIFY(
            "STOA_MTLS__HEADER_VERIFY",
            "X-SSL-Client-Verify",
            "that says SUCCESS once the proxy has verified the certificate"),
    FINGERPRINT("STOA_MTLS__HEADER_FINGERPRINT", "X-SSL-Client-Fingerprint", "with the SHA-256 of the certificate"),
    SUBJECT("STOA_MTLS__HEADER_SUBJECT_DN", "X-SSL-Client-S-DN", "with the subject of the certificate"),
    ISSUER("STOA_MTLS__HEADER_ISSUER_DN", "X-SSL-Client-I-DN", "with the issuer of the certificate"),
    SERIAL("STOA_MTLS__HEADER_SERIAL", "X-SSL-Client-Serial", "with the serial number, which no backend gets"),
    NOT_BEFORE("STOA_MTLS__HEADER_NOT_BEFORE", "X-SSL-Client-NotBefore", "with the beginning of the validity"),
    NOT_AFTER("STOA_MTLS__HEADER_NOT_AFTER", "X-SSL-Client-NotAfter", "with the end of the validity"),
    CERTIFICATE("STOA_MTLS__HEADER_CERT", "X-SSL-Client-Cert", "with the certificate itself, PEM, percent-encoded");

    private static final int MAX_NAME = 100;

    private final String setting;
    private final String standard;
    private final String purpose;

    CertificateHeader(String setting, String standard, String purpose) {
        this.setting = setting;
        this.standard = standard;
        this.purpose = purpose;
    }

    public static void addSettings(SettingsTable table) {
        for (CertificateHeader header : values()) {
            table.add(
                    header.setting.substring("STOA_".length()),
                    Kind.TEXT,
                    header.standard,
                    "header of trusted proxies " + header.purpose);
        }
    }

    /** A name that the gateway itself acts upon, and two of one name, are refused. */
    public static void check(Configuration settings, SettingFindings findings) {
        Set<String> names = new HashSet<>();
        for (CertificateHeader header : values()) {
            String name = settings.text(header.setting);
            int code = HeaderName.codeOf(name);
            if (name.length() > MAX_NAME || (code != HeaderName.OTHER && code != HeaderName.RESERVED)) {
                findings.refuse(header.setting
                        + " must be the name of a header that the gateway does not act upon otherwise, such as "
                        + header.standard);
            } else if (!names.add(HeaderName.folded(name))) {
                findings.refuse(
                        header.setting + " names a header that another STOA_MTLS__HEADER_* names; choose another");
            }
        }
    }

    /** The names as they were chosen. */
    public static Map<CertificateHeader, String> names(Configuration settings) {
        Map<CertificateHeader, String> names = new EnumMap<>(CertificateHeader.class);
        for (CertificateHeader header : values()) {
            names.put(header, settings.text(header.setting));
        }
        return names;
    }

    static Map<CertificateHeader, String> standardNames() {
        Map<CertificateHeader, String> names = new EnumMap<>(CertificateHeader.class);
        for (CertificateHeader header : values()) {
            names.put(header, header.standard);
        }
        return names;
    }
}
