package bulwark.gateway.snapshot;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.PolicyReferences;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.quota.QuotaPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Everything that one gateway is to carry out. Two snapshots of the same content have the same bytes. Immutable.
 *
 * @param gateway id of the one gateway that it is for
 * @param generation grows with each change at the control plane
 * @param policies of these routes alone: each is for one API or for one tenant's APIs
 * @param authorities of the tenants of these certificates, one of each
 * @param certificates of consumers
 * @param clients of applications
 * @param openRoutes ids of routes that applications may call without a subscription
 */
public record GatewaySnapshot(
        String gateway,
        long generation,
        List<ApiRoute> routes,
        List<SnapshotKey> keys,
        List<QuotaPlan> plans,
        List<TokenRevocation> revocations,
        List<ApiPolicy> policies,
        List<SnapshotAuthority> authorities,
        List<SnapshotCertificate> certificates,
        List<SnapshotClient> clients,
        List<String> openRoutes) {
    private static final int MAX_TEXT = 256;

    public GatewaySnapshot {
        routes = List.copyOf(routes);
        keys = List.copyOf(keys);
        plans = List.copyOf(plans);
        revocations = List.copyOf(revocations);
        policies = List.copyOf(policies);
        authorities = List.copyOf(authorities);
        certificates = List.copyOf(certificates);
        clients = List.copyOf(clients);
        openRoutes = List.copyOf(openRoutes);
    }

    /** Without certificates and applications. */
    public GatewaySnapshot(
            String gateway,
            long generation,
            List<ApiRoute> routes,
            List<SnapshotKey> keys,
            List<QuotaPlan> plans,
            List<TokenRevocation> revocations,
            List<ApiPolicy> policies) {
        this(
                gateway,
                generation,
                routes,
                keys,
                plans,
                revocations,
                policies,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** The lists of a snapshot, wherever they come from. */
    interface Lists {
        <T> List<T> of(SnapshotMember<T> member);
    }

    /** Nothing in it was looked at. */
    static GatewaySnapshot of(String gateway, long generation, Lists lists) {
        return new GatewaySnapshot(
                gateway,
                generation,
                lists.of(SnapshotMember.ROUTES),
                lists.of(SnapshotMember.KEYS),
                lists.of(SnapshotMember.PLANS),
                lists.of(SnapshotMember.REVOCATIONS),
                lists.of(SnapshotMember.POLICIES),
                lists.of(SnapshotMember.AUTHORITIES),
                lists.of(SnapshotMember.CERTIFICATES),
                lists.of(SnapshotMember.CLIENTS),
                lists.of(SnapshotMember.OPEN_ROUTES));
    }

    /**
     * @param known elements that need no reading, by their place
     * @throws RoutesRefused with every fault: half of a snapshot is never used
     */
    static GatewaySnapshot read(JsonNode statement, KnownElements known) {
        List<String> faults = new ArrayList<>();
        JsonFields fields = JsonFields.of(statement, "", faults);
        GatewaySnapshot snapshot = of(
                fields.text("gateway_id", MAX_TEXT),
                fields.wholeNumber("generation", 1, Long.MAX_VALUE, 0),
                new Lists() {
                    @Override
                    public <T> List<T> of(SnapshotMember<T> member) {
                        return member.readAll(fields, statement, faults, known);
                    }
                });
        fields.end();
        snapshot.check(faults);
        return snapshot;
    }

    /** @param faults of its elements @throws RoutesRefused with these, or with all that does not fit together */
    void check(List<String> faults) {
        if (faults.isEmpty()) {
            checkReferences(faults);
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
    }

    private void checkReferences(List<String> faults) {
        Set<String> planNames = new HashSet<>();
        plans.forEach(plan -> planNames.add(plan.name()));
        Set<String> routeIds = new HashSet<>();
        for (ApiRoute route : routes) {
            if (!routeIds.add(route.id())) {
                faults.add("routes holds the id " + route.id() + " twice");
            }
        }
        for (ApiPolicy policy : policies) {
            if (policy.scope() == ApiPolicy.Scope.GATEWAY) {
                faults.add("policies: the policy " + policy.id()
                        + " is for every call, and a control plane's must name an API or a tenant");
            }
        }
        try {
            PolicyReferences.check(routes, policies);
        } catch (RoutesRefused e) {
            faults.addAll(e.sentences());
        }
        checkCertificates(faults);
        checkApplications(routeIds, faults);
        Set<String> lookups = new HashSet<>();
        for (SnapshotKey key : keys) {
            if (!planNames.contains(key.plan()) || !routeIds.contains(key.route())) {
                faults.add("keys: the key " + key.id() + " names a plan or a route that is not in the snapshot");
            }
            if (!lookups.add(key.lookup())) {
                faults.add("keys: the key " + key.id() + " stands there twice");
            }
        }
    }

    private void checkCertificates(List<String> faults) {
        Set<String> tenants = new HashSet<>();
        for (SnapshotAuthority authority : authorities) {
            if (!tenants.add(authority.tenant())) {
                faults.add("authorities holds two of the tenant " + authority.tenant());
            }
        }
        Set<List<String>> bound = new HashSet<>();
        for (SnapshotCertificate certificate : certificates) {
            if (!certificate.pinned() && !tenants.contains(certificate.tenant())) {
                faults.add("certificates: " + certificate.fingerprint() + " is of a tenant without an authority");
            }
            if (!bound.add(List.of(certificate.tenant(), certificate.fingerprint()))) {
                faults.add("certificates: " + certificate.fingerprint() + " stands there twice");
            }
        }
    }

    private void checkApplications(Set<String> routeIds, List<String> faults) {
        Set<String> seen = new HashSet<>();
        for (SnapshotClient client : clients) {
            if (!seen.add(client.client())) {
                faults.add("clients: " + client.client() + " stands there twice");
            }
        }
        Set<String> open = new HashSet<>();
        for (String route : openRoutes) {
            if (!open.add(route)) {
                faults.add("open_routes names " + route + " twice");
            }
            if (!routeIds.contains(route)) {
                faults.add("open_routes names " + route + ", which is not in the snapshot");
            }
        }
    }
}
