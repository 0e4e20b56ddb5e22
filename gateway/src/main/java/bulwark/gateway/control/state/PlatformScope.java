package bulwark.gateway.control.state;

import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Principal;
import java.util.Optional;

/** The right to look at the data of all tenants at once. */
public final class PlatformScope {
    private static final PlatformScope ONLY = new PlatformScope();

    private PlatformScope() {}

    /** Empty unless the caller is a platform administrator. */
    public static Optional<PlatformScope> of(Principal caller) {
        return RoleTable.isPlatformAdministrator(caller) ? Optional.of(ONLY) : Optional.empty();
    }

    /** For what the process does by itself: snapshots, and the command of its owner. Never on a caller's word. */
    public static PlatformScope ofProcess() {
        return ONLY;
    }

    /** The scope of the platform's own objects: gateways, administrators, generations. */
    public TenantScope ownObjects() {
        return TenantScope.platform();
    }

    /** The scope of one tenant, for what the process does by itself. */
    public TenantScope tenant(String id) {
        return TenantScope.ofProcess(id);
    }

    /** The scope of one tenant. */
    public TenantScope tenant(ControlObject tenant) {
        return TenantScope.ofCredential(tenant);
    }
}
