package bulwark.gateway.possession;

/** Why a client certificate is not accepted, as callers of such gateways know the codes. */
enum MtlsFault {
    MTLS_CERT_REQUIRED(401, "no_cert"),
    MTLS_CERT_INVALID(403, "invalid"),
    MTLS_CERT_EXPIRED(403, "expired"),
    MTLS_ISSUER_DENIED(403, "denied"),
    MTLS_BINDING_REQUIRED(403, "mismatch"),
    MTLS_BINDING_MISMATCH(403, "mismatch"),
    MTLS_UNTRUSTED_PROXY(403, "denied"),
    MTLS_TENANT_MISMATCH(403, "mismatch");

    private final int status;
    private final String result;

    MtlsFault(int status, String result) {
        this.status = status;
        this.result = result;
    }

    int status() {
        return status;
    }

    /** Label of the metric. */
    String result() {
        return result;
    }
}
