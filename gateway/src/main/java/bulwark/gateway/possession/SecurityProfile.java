package bulwark.gateway.possession;

import java.util.Arrays;
import java.util.Locale;

/** How much a subscription asks of the calls that are made for it. */
public enum SecurityProfile {
    API_KEY(false, false),
    OAUTH2_PUBLIC(false, false),
    OAUTH2_CONFIDENTIAL(false, false),
    /** Proofs of possession. */
    FAPI_BASELINE(true, false),
    /** Proofs and client certificates. */
    FAPI_ADVANCED(true, true);

    private final boolean proof;
    private final boolean certificate;

    SecurityProfile(boolean proof, boolean certificate) {
        this.proof = proof;
        this.certificate = certificate;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean needsProof() {
        return proof;
    }

    public boolean needsCertificate() {
        return certificate;
    }

    /** One that is not known asks for everything. */
    public static SecurityProfile named(String name) {
        return Arrays.stream(values())
                .filter(profile -> profile.wireName().equals(name))
                .findFirst()
                .orElse(FAPI_ADVANCED);
    }
}
