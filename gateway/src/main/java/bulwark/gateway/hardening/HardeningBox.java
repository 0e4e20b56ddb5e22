package bulwark.gateway.hardening;

/** A box of the page's checklist, in its order and its words, and how to mend it. */
public enum HardeningBox {
    TLS(
            "TLS on all ingress endpoints",
            "Set STOA_TLS__CERT_FILE and STOA_TLS__KEY_FILE; plain HTTP then redirects to the TLS port."),
    NETWORK_POLICY(
            "NetworkPolicy applied to stoa-system namespace",
            "Apply deploy/kubernetes/base and give its rendering with --manifests."),
    POD_SECURITY(
            "Pod Security Standard set to restricted",
            "Label the namespace as deploy/kubernetes/base/namespace.yaml does, and give the rendering with --manifests."),
    BRUTE_FORCE(
            "Keycloak brute force protection enabled",
            "Set bruteForceProtected in the realm (deploy/keycloak/realm-stoa.json), and give the realm's export with --realm."),
    TOKEN_LIFESPANS(
            "Token lifespans shortened (5min access, 15min idle)",
            "Set accessTokenLifespan to 300 and ssoSessionIdleTimeout to 900 in the realm, and give its export with --realm."),
    SSRF_BLOCKLIST(
            "SSRF blocklist active (default)",
            "Take the range out of STOA_SSRF__ALLOWED_CIDRS; allow single names with STOA_SSRF__ALLOWED_HOSTS."),
    SECURITY_HEADERS(
            "Security headers active (default)",
            "Look at what stands between this machine and the gateway: the gateway sends each of them once on every answer."),
    SECRETS(
            "Secrets in Infisical/Vault (not in env or ConfigMap)",
            "Put each secret into an owner-only file and name it with the setting that ends in _FILE."),
    ROLES(
            "RBAC roles assigned (no default admin access)",
            "Leave STOA_RBAC__ADMIN_ALIAS off, preset no user in the realm, and make a new admin token: openssl rand -hex 32."),
    AUDIT_TRAIL(
            "Audit trail enabled (OpenSearch)",
            "Look at the gateway's log and at the disk of STOA_STATE_DIR; name the OpenSearch with STOA_OPENSEARCH_URL."),
    ALERTING(
            "Alerting configured (Alertmanager)",
            "Load deploy/prometheus into Prometheus, connect an Alertmanager, and name the Prometheus with --prometheus."),
    IMAGE_SCAN(
            "Container images scanned (Trivy in CI)",
            "Scan each image in the pipeline (trivy image --format json), mend what it finds, and give the report with --scan-report."),
    SIGNED_COMMITS(
            "Signed commits enforced",
            "Run scripts/security/verify-commits.sh as a gate, and give the repository with --repository.");

    private final String text;
    private final String remedy;

    HardeningBox(String text, String remedy) {
        this.text = text;
        this.remedy = remedy;
    }

    /** As it stands on the page. */
    public String text() {
        return text;
    }

    public String remedy() {
        return remedy;
    }

    /** From 1. */
    public int number() {
        return ordinal() + 1;
    }
}
