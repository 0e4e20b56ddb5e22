package bulwark.gateway.permission;

/** Everything that may be permitted: the least role that has it, and the scope that a limited token needs for it. */
public enum Permission {
    TENANTS_CREATE("tenants:create", Role.CPI_ADMIN, OAuthScope.ADMIN),
    TENANTS_READ("tenants:read", Role.VIEWER, OAuthScope.READ),
    TENANTS_UPDATE("tenants:update", Role.CPI_ADMIN, OAuthScope.ADMIN),
    TENANTS_DELETE("tenants:delete", Role.CPI_ADMIN, OAuthScope.ADMIN),
    APIS_CREATE("apis:create", Role.DEVOPS, OAuthScope.WRITE),
    APIS_READ("apis:read", Role.VIEWER, OAuthScope.READ),
    APIS_UPDATE("apis:update", Role.DEVOPS, OAuthScope.WRITE),
    APIS_DELETE("apis:delete", Role.TENANT_ADMIN, OAuthScope.WRITE),
    APIS_DEPLOY("apis:deploy", Role.DEVOPS, OAuthScope.DEPLOY),
    APIS_PROMOTE("apis:promote", Role.DEVOPS, OAuthScope.DEPLOY),
    APPS_CREATE("apps:create", Role.DEVOPS, OAuthScope.WRITE),
    APPS_READ("apps:read", Role.VIEWER, OAuthScope.READ),
    APPS_UPDATE("apps:update", Role.DEVOPS, OAuthScope.WRITE),
    APPS_DELETE("apps:delete", Role.TENANT_ADMIN, OAuthScope.WRITE),
    USERS_MANAGE("users:manage", Role.TENANT_ADMIN, OAuthScope.WRITE),
    AUDIT_READ("audit:read", Role.VIEWER, OAuthScope.READ),
    WORKFLOWS_READ("workflows:read", Role.VIEWER, OAuthScope.READ),
    WORKFLOWS_MANAGE("workflows:manage", Role.TENANT_ADMIN, OAuthScope.WRITE),

    SUBSCRIPTIONS_CREATE("subscriptions:create", Role.DEVOPS, OAuthScope.WRITE),
    SUBSCRIPTIONS_ROTATE("subscriptions:rotate", Role.DEVOPS, OAuthScope.WRITE),
    SUBSCRIPTIONS_APPROVE("subscriptions:approve", Role.TENANT_ADMIN, OAuthScope.WRITE),
    SUBSCRIPTIONS_SUSPEND("subscriptions:suspend", Role.TENANT_ADMIN, OAuthScope.WRITE),
    SUBSCRIPTIONS_REVOKE("subscriptions:revoke", Role.TENANT_ADMIN, OAuthScope.WRITE),
    CONSUMERS_WRITE("consumers:write", Role.TENANT_ADMIN, OAuthScope.WRITE),
    TOOLS_INVOKE("tools:invoke", Role.DEVOPS, OAuthScope.EXECUTE),
    TOOLS_REGISTER("tools:register", Role.TENANT_ADMIN, OAuthScope.WRITE),
    AUDIT_EXPORT("audit:export", Role.TENANT_ADMIN, OAuthScope.READ),
    SECURITY_READ("security:read", Role.TENANT_ADMIN, OAuthScope.READ),
    GATEWAYS_MANAGE("gateways:manage", Role.CPI_ADMIN, OAuthScope.ADMIN),
    /** To write in an environment that is read-only for everybody else. */
    ENVIRONMENTS_OVERRIDE("environments:override", Role.CPI_ADMIN, OAuthScope.ADMIN);

    private final String wireName;
    private final Role least;
    private final OAuthScope scope;

    Permission(String wireName, Role least, OAuthScope scope) {
        this.wireName = wireName;
        this.least = least;
        this.scope = scope;
    }

    /** As routes declare it and refusals name it. */
    public String wireName() {
        return wireName;
    }

    public Role least() {
        return least;
    }

    public OAuthScope scope() {
        return scope;
    }
}
