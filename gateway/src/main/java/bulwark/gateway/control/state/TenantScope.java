package bulwark.gateway.control.state;

import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Principal;
import java.util.Optional;

/**
 * The right to the data of one tenant, and of no other: without one no object can be read or written. Immutable; made from a caller that reaches the tenant, or for the process's own
 * objects.
 */
public final class TenantScope {
    private final String tenant;

    private TenantScope(String tenant) {
        this.tenant = tenant;
    }

    /** Empty when the tenant is another's: the caller must be answered as if there were no such tenant. */
    public static Optional<TenantScope> of(Principal caller, String tenant) {
        return RoleTable.reaches(caller, tenant) ? Optional.of(new TenantScope(tenant)) : Optional.empty();
    }

    /** Of the platform's own objects: gateways, administrators, generations. */
    static TenantScope platform() {
        return new TenantScope(RoleTable.PLATFORM);
    }

    /** For {@link PlatformScope}. */
    static TenantScope ofProcess(String tenant) {
        return new TenantScope(tenant);
    }

    /** Of the tenant that a credential, which was found by its digest, belongs to. */
    static TenantScope ofCredential(ControlObject credential) {
        return new TenantScope(credential.tenant());
    }

    public String tenant() {
        return tenant;
    }

    @Override
    public String toString() {
        return "tenant " + tenant;
    }
}
