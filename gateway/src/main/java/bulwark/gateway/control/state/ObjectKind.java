package bulwark.gateway.control.state;

import java.util.Locale;

/** What the control plane keeps. Each object belongs to one tenant. */
public enum ObjectKind {
    /** A tenant itself, which is an object of its own. */
    TENANT(1),
    API(10_000),
    PLAN(200),
    CONSUMER(10_000),
    /** A consumer with an OAuth client. */
    APPLICATION(10_000),
    SUBSCRIPTION(50_000),
    POLICY(1_000),
    POLICY_BINDING(5_000),
    SERVICE_ACCOUNT(200),
    /** An authority that signs certificates of the tenant's consumers. */
    AUTHORITY(20),
    CERTIFICATE(50_000),
    /** A certificate of somebody else's authority, by which a consumer is known. */
    CONSUMER_CERTIFICATE(50_000),
    /** Of the platform: a gateway that fetches snapshots. */
    GATEWAY(1_000),
    /** Of the platform: a subject that the operator named. */
    ADMINISTRATOR(200),
    REVOCATION(10_000),
    /** The OpenAPI document of an API, under the API's id. */
    API_DOCUMENT(10_000),
    TOOL_PERMISSION(5_000),
    WEBHOOK(50),
    /** What a scanner reported. */
    SCAN(101),
    POSTURE_BASELINE(1),
    /** Of the platform: somebody whom the audit log shows under a pseudonym. */
    ERASURE(10_000),
    /** Of the platform: the number of the newest snapshot. */
    GENERATION(1);

    private final int maxPerTenant;

    ObjectKind(int maxPerTenant) {
        this.maxPerTenant = maxPerTenant;
    }

    /** So many of one tenant: beyond it none is added. */
    public int maxPerTenant() {
        return maxPerTenant;
    }

    /** As evidence and the store have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For sentences: {@code policy binding}. */
    public String noun() {
        return this == API ? "API" : word().replace('_', ' ');
    }

    static ObjectKind ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
