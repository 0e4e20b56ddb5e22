package bulwark.gateway.control.posture;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.instance.GatewaySync;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.posture.Observation.Severity;
import bulwark.gateway.control.posture.Observation.Verdict;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Role;
import bulwark.kernel.quota.QuotaPeriod;
import bulwark.kernel.quota.QuotaPlan;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at one tenant, and at what all tenants stand on. Thread-safe. */
final class PostureObserver {
    private static final Duration MAX_KEY_AGE = Duration.ofDays(90);
    private static final Duration MIN_CERTIFICATE_LEFT = Duration.ofDays(30);
    private static final int MAX_ADMINISTRATORS = 5;

    private final ControlStore store;
    private final GatewaySync sync;
    private final PostureResource.Process process;

    PostureObserver(ControlStore store, GatewaySync sync, PostureResource.Process process) {
        this.store = store;
        this.sync = sync;
        this.process = process;
    }

    List<Observation> observe(TenantScope scope) {
        Instant now = store.clock().instant();
        List<Observation> all = new ArrayList<>(store.read(scope, tx -> ofTenant(tx, now)));
        all.add(auditChain());
        all.add(gateways(scope.tenant()));
        all.add(administrators());
        all.add(identity());
        all.add(transport());
        all.add(redundancy(scope.tenant()));
        all.add(process.resilience().observe(now));
        all.add(process.program().observe());
        return all;
    }

    private List<Observation> ofTenant(TenantReader tx, Instant now) throws SQLException {
        List<ControlObject> apis = new ArrayList<>(tx.all(ObjectKind.API, ObjectFilter.ALL));
        apis.removeIf(api -> !api.isIn("published", "deprecated"));
        List<ControlObject> subscriptions = tx.all(ObjectKind.SUBSCRIPTION, new ObjectFilter("active", null));
        List<ControlObject> accounts = tx.all(ObjectKind.SERVICE_ACCOUNT, ObjectFilter.ALL);
        List<ControlObject> certificates = tx.all(ObjectKind.CERTIFICATE, new ObjectFilter("active", null));
        List<Observation> all = new ArrayList<>();
        all.add(Observation.of(
                "backends_encrypted",
                Severity.HIGH,
                apis.size(),
                ids(apis, api -> !api.text("backend_url").startsWith("https://")),
                "Every API that is served has a backend over TLS.",
                "APIs are served from backends without TLS; change their backend_url to https."));
        all.add(limits(tx, subscriptions));
        List<ControlObject> bearers = new ArrayList<>(subscriptions);
        bearers.addAll(accounts);
        all.add(Observation.of(
                "keys_fresh",
                Severity.MEDIUM,
                bearers.size(),
                ids(bearers, bearer -> isOld(bearer, now)),
                "No key is older than 90 days.",
                "Keys are older than 90 days; let their holders rotate them."));
        all.add(Observation.of(
                "approved_by_somebody",
                Severity.LOW,
                subscriptions.size(),
                ids(subscriptions, each -> each.text("approved_by").equals("plan")),
                "Every active subscription was approved by somebody.",
                "Subscriptions became active without anybody's approval, by their plan; set requires_approval there."));
        all.add(Observation.of(
                "least_privilege",
                Severity.LOW,
                accounts.size(),
                ids(accounts, account -> account.texts("roles").contains(Role.TENANT_ADMIN.wireName())),
                "No service account is an administrator of the tenant.",
                "Service accounts bear the role tenant-admin; give them devops or viewer."));
        all.add(Observation.of(
                "certificates_current",
                Severity.MEDIUM,
                certificates.size(),
                ids(certificates, each -> isEnding(each, now)),
                "No certificate of the tenant's CA ends within 30 days.",
                "Certificates end within 30 days; sign new ones."));
        return all;
    }

    /** Whether something is wrong with an object. */
    private interface Fault {
        boolean has(ControlObject object);
    }

    private static List<String> ids(List<ControlObject> objects, Fault fault) {
        return objects.stream().filter(fault::has).map(ControlObject::id).toList();
    }

    private static boolean isOld(ControlObject bearer, Instant now) {
        return ObjectCredential.live(bearer, now).stream()
                .map(ObjectCredential::made)
                .anyMatch(made -> made.plus(MAX_KEY_AGE).isBefore(now));
    }

    private static boolean isEnding(ControlObject certificate, Instant now) {
        return certificate
                .instant("not_after")
                .map(end -> end.isBefore(now.plus(MIN_CERTIFICATE_LEFT)))
                .orElse(true);
    }

    private static Observation limits(TenantReader tx, List<ControlObject> subscriptions) throws SQLException {
        List<String> unlimited = new ArrayList<>();
        for (ControlObject plan : tx.all(ObjectKind.PLAN, ObjectFilter.ALL)) {
            QuotaPlan limits = PlanResource.limits(plan);
            boolean none = Arrays.stream(QuotaPeriod.values()).allMatch(period -> limits.limit(period) == 0);
            if (none
                    && tx.count(
                                    ObjectKind.SUBSCRIPTION,
                                    new ObjectFilter("active", new Reference(ObjectKind.PLAN, plan.id())))
                            > 0) {
                unlimited.add(plan.id());
            }
        }
        return Observation.of(
                "calls_limited",
                Severity.MEDIUM,
                subscriptions.size(),
                unlimited,
                "Every active subscription has a limit of calls.",
                "Plans without any limit have active subscriptions; set one of their limits.");
    }

    private Observation auditChain() {
        String problem = store.audited().problem();
        Map<String, Object> evidence = new LinkedHashMap<>();
        store.audited().audit().written().ifPresent(head -> {
            evidence.put("chain_length", head.seq());
            evidence.put("head_hash", head.hash());
        });
        return new Observation(
                "audit_chain",
                problem == null ? Verdict.PASS : Verdict.FAIL,
                Severity.CRITICAL,
                problem == null
                        ? "Every change is in the audit log, whose chain and signed head were checked."
                        : problem,
                evidence);
    }

    private Observation gateways(String tenant) {
        List<ControlObject> serving = sync.serving(tenant);
        return Observation.of(
                "gateways_in_sync",
                Severity.HIGH,
                serving.size(),
                serving.stream()
                        .filter(gateway ->
                                !sync.isOnline(gateway) || !sync.status(gateway).equals("synced"))
                        .map(ControlObject::name)
                        .toList(),
                "Every gateway of the tenant answers and carries out the newest snapshot.",
                "Gateways are silent or carry out something else; look at /v1/admin/gateways.");
    }

    private Observation redundancy(String tenant) {
        List<ControlObject> serving = sync.serving(tenant);
        List<String> online =
                serving.stream().filter(sync::isOnline).map(ControlObject::name).toList();
        boolean good = online.size() > 1;
        return new Observation(
                "gateways_redundant",
                serving.isEmpty() ? Verdict.NOT_OBSERVED : good ? Verdict.PASS : Verdict.FAIL,
                Severity.LOW,
                serving.isEmpty()
                        ? "No gateway serves the tenant."
                        : good
                                ? "Two gateways or more of the tenant answer, so that calls go on without one."
                                : "Fewer than two gateways of the tenant answer; run a second one.",
                Map.of("serving", serving.size(), "online", online));
    }

    private Observation administrators() {
        long named = sync.administrators();
        boolean good = named > 0 && named <= MAX_ADMINISTRATORS;
        return new Observation(
                "administrators_named",
                good ? Verdict.PASS : Verdict.FAIL,
                Severity.LOW,
                good
                        ? "Administrators of the platform were named by its operator, and few."
                        : "The operator has named no administrator of the platform, or more than five.",
                Map.of("named", named));
    }

    private Observation identity() {
        return new Observation(
                "identity_provider",
                process.keycloak() ? Verdict.PASS : Verdict.FAIL,
                Severity.MEDIUM,
                process.keycloak()
                        ? "Tokens come from an identity provider."
                        : "Tokens are issued by the key ring in the state folder; set STOA_KEYCLOAK_URL.",
                Map.of("keycloak", process.keycloak()));
    }

    private Observation transport() {
        return new Observation(
                "control_plane_encrypted",
                process.tls() ? Verdict.PASS : Verdict.NOT_OBSERVED,
                Severity.HIGH,
                process.tls()
                        ? "The control plane is served over TLS."
                        : "The control plane is served on loopback alone, without TLS; what stands before it cannot be seen from here.",
                Map.of("tls", process.tls()));
    }
}
