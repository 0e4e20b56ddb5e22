package bulwark.facts;

/** What callers are charged for, by the names on the wire. */
public final class QuotaDimensions {
    public static final String FACT_WRITE = "fact_write";
    public static final String FACT_READ = "fact_read";
    public static final String TOKEN_ISSUE = "token_issue";
    public static final String FEDERATION_PULL = "federation_pull";
    public static final String ADMIN_ACTION = "admin_action";
    public static final String SUBSCRIPTION_EVENT = "subscription_event";
    public static final String AUDIT_EXPORT = "audit_export";

    private QuotaDimensions() {}
}
