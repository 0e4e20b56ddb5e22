package bulwark.gateway.control.identity;

import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The subjects that the operator named as administrators of the platform. The role {@code cpi-admin} of a token counts for them alone: the identity provider says that somebody may
 * be one, and the operator says who is. Nobody is one by default. Thread-safe.
 */
public final class AdministratorRegister {
    public static final AuditEventType ADDED =
            ControlEvent.of("administrator_added", "the operator named an administrator of the platform");
    public static final AuditEventType REMOVED =
            ControlEvent.of("administrator_removed", "the operator took an administrator of the platform back");

    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();

    private final ControlStore store;
    private final Set<String> subjects = ConcurrentHashMap.newKeySet();
    private final AtomicInteger changes = new AtomicInteger();

    private AdministratorRegister(ControlStore store) {
        this.store = store;
    }

    public static AdministratorRegister open(ControlStore store) {
        AdministratorRegister register = new AdministratorRegister(store);
        register.subjects.addAll(register.subjects());
        store.audited().store().onOthersCommit(register::readAgain);
        return register;
    }

    /** Another process may have named somebody. A change of this process that comes in between is read with it. */
    private void readAgain() {
        int before;
        do {
            before = changes.get();
            List<String> named = subjects();
            subjects.addAll(named);
            subjects.retainAll(named);
        } while (changes.get() != before);
    }

    /** In the order in which they were named. */
    public List<String> subjects() {
        return store.read(PLATFORM, tx -> tx.all(ObjectKind.ADMINISTRATOR, ObjectFilter.ALL)).stream()
                .map(ControlObject::name)
                .toList();
    }

    /** False when it was one before. */
    public boolean add(String subject, String actor) {
        return store.change(PLATFORM, ControlActor.ofProcess(actor), ADDED, change -> {
            if (change.findNamed(ObjectKind.ADMINISTRATOR, subject).isPresent()) {
                return false;
            }
            change.create(ObjectKind.ADMINISTRATOR, subject, "active", Map.of());
            change.afterCommit(() -> {
                changes.incrementAndGet();
                subjects.add(subject);
            });
            return true;
        });
    }

    /** False when it was none. */
    public boolean remove(String subject, String actor) {
        return store.change(PLATFORM, ControlActor.ofProcess(actor), REMOVED, change -> {
            var known = change.findNamed(ObjectKind.ADMINISTRATOR, subject);
            if (known.isEmpty()) {
                return false;
            }
            change.delete(known.get());
            change.afterCommit(() -> {
                changes.incrementAndGet();
                subjects.remove(subject);
            });
            return true;
        });
    }

    /** The same caller, without the role of a platform administrator unless it was named. */
    Principal honoured(Principal caller) {
        Set<String> roles = caller.authentication().roles();
        if (!roles.contains(Role.CPI_ADMIN.wireName()) || subjects.contains(caller.entityUri())) {
            return caller;
        }
        List<Role> others = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Role role : Role.values()) {
            if (role != Role.CPI_ADMIN && roles.contains(role.wireName())) {
                others.add(role);
                names.add(role.wireName());
            }
        }
        Set<String> permissions = new HashSet<>(RoleTable.granted(others, List.of()));
        permissions.retainAll(caller.permissions());
        Authentication was = caller.authentication();
        Authentication without = new Authentication(
                was.method(), names, was.clientId(), was.expires(), was.confirmation(), was.subAccount());
        return new Principal(
                caller.entityUri(), caller.tenant(), permissions, caller.keyId(), caller.scopes(), without);
    }
}
