package bulwark.gateway.snapshot;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.PolicyReferences;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int MAX_KEYS = 200_000;
    private static final int MAX_PLANS = 20_000;
    private static final int MAX_REVOCATIONS = 20_000;
    private static final int MAX_ROUTES = 20_000;
    private static final int MAX_POLICIES = 20_000;
    private static final int MAX_TEXT = 256;
    private static final int MAX_AUTHORITIES = 10_000;
    private static final int MAX_CERTIFICATES = 200_000;
    private static final int MAX_CLIENTS = 200_000;

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

    /**
     * @param former routes and keys that need no reading, by their place
     * @throws RoutesRefused with every fault: half of a snapshot is never used
     */
    static GatewaySnapshot read(JsonNode statement, SnapshotReader.Former former) {
        List<String> faults = new ArrayList<>();
        JsonFields fields = JsonFields.of(statement, "", faults);
        GatewaySnapshot snapshot = new GatewaySnapshot(
                fields.text("gateway_id", MAX_TEXT),
                fields.wholeNumber("generation", 1, Long.MAX_VALUE, 0),
                routes(fields, statement, faults, former),
                keys(fields, statement, faults, former),
                fields.objects("plans", MAX_PLANS, GatewaySnapshot::plan),
                fields.objects("revocations", MAX_REVOCATIONS, GatewaySnapshot::revocation),
                policies(fields, statement, faults),
                fields.has("authorities")
                        ? fields.objects("authorities", MAX_AUTHORITIES, SnapshotAuthority::read)
                        : List.of(),
                fields.has("certificates")
                        ? fields.objects("certificates", MAX_CERTIFICATES, SnapshotCertificate::read)
                        : List.of(),
                fields.has("clients") ? fields.objects("clients", MAX_CLIENTS, SnapshotClient::read) : List.of(),
                fields.has("open_routes") ? fields.texts("open_routes", MAX_ROUTES, MAX_TEXT) : List.of());
        fields.end();
        if (faults.isEmpty()) {
            snapshot.checkReferences(faults);
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        return snapshot;
    }

    private static List<ApiRoute> routes(
            JsonFields fields, JsonNode statement, List<String> faults, SnapshotReader.Former former) {
        List<ApiRoute> routes = new ArrayList<>();
        JsonNode list = statement.path("routes");
        if (!fields.has("routes") || !list.isArray() || list.size() > MAX_ROUTES) {
            fields.fault("routes", "must be a list of at most " + MAX_ROUTES);
            return routes;
        }
        int index = 0;
        for (JsonNode node : list) {
            ApiRoute known = former.route(index);
            routes.add(known != null ? known : RouteJson.read(node, "routes[" + index + "].", faults));
            index++;
        }
        return routes;
    }

    private static List<SnapshotKey> keys(
            JsonFields fields, JsonNode statement, List<String> faults, SnapshotReader.Former former) {
        List<SnapshotKey> keys = new ArrayList<>();
        JsonNode list = statement.path("keys");
        if (!fields.has("keys")) {
            return keys;
        }
        if (!list.isArray() || list.size() > MAX_KEYS) {
            fields.fault("keys", "must be a list of at most " + MAX_KEYS);
            return keys;
        }
        int index = 0;
        for (JsonNode node : list) {
            SnapshotKey known = former.key(index);
            keys.add(known != null ? known : SnapshotKey.read(JsonFields.of(node, "keys[" + index + "].", faults)));
            index++;
        }
        return keys;
    }

    /** Absent where there are none. */
    private static List<ApiPolicy> policies(JsonFields fields, JsonNode statement, List<String> faults) {
        List<ApiPolicy> policies = new ArrayList<>();
        JsonNode list = statement.path("policies");
        if (!fields.has("policies")) {
            return policies;
        }
        if (!list.isArray() || list.size() > MAX_POLICIES) {
            fields.fault("policies", "must be a list of at most " + MAX_POLICIES);
            return policies;
        }
        int index = 0;
        for (JsonNode policy : list) {
            policies.add(PolicyJson.read(policy, "policies[" + index++ + "].", faults));
        }
        return policies;
    }

    private static QuotaPlan plan(JsonFields fields) {
        long max = 1_000_000_000L;
        String name = fields.text("name", MAX_TEXT);
        long perSecond = fields.wholeNumber("per_second", 0, max, 0);
        long burst = fields.wholeNumber("burst", 0, max, 0);
        long perMinute = fields.wholeNumber("per_minute", 0, max, 0);
        long perDay = fields.wholeNumber("per_day", 0, max, 0);
        long perMonth = fields.wholeNumber("per_month", 0, max, 0);
        OnStoreFailure onFailure = fields.choice("on_store_failure", OnStoreFailure.class, OnStoreFailure.LOCAL);
        fields.end();
        if (burst > 0 && perSecond == 0) {
            fields.fault("burst", "needs per_second");
            burst = 0;
        }
        return new QuotaPlan(name, perSecond, burst, perMinute, perDay, perMonth, onFailure);
    }

    private static TokenRevocation revocation(JsonFields fields) {
        Claim claim = fields.choice("claim", Claim.class, Claim.JTI);
        String value = fields.text("value", MAX_TEXT);
        String until = fields.text("until", 40);
        fields.end();
        Instant end = SnapshotTime.read(fields, "until", until);
        return new TokenRevocation(claim, value, end);
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
        for (String route : openRoutes) {
            if (!routeIds.contains(route)) {
                faults.add("open_routes names " + route + ", which is not in the snapshot");
            }
        }
    }

    /** What is signed. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("gateway_id", gateway);
        members.put("generation", generation);
        members.put("routes", routes.stream().map(RouteJson::fields).toList());
        members.put("keys", keys.stream().map(SnapshotKey::members).toList());
        members.put("plans", plans.stream().map(GatewaySnapshot::members).toList());
        members.put(
                "revocations",
                revocations.stream().map(GatewaySnapshot::members).toList());
        if (!policies.isEmpty()) {
            members.put("policies", policies.stream().map(PolicyJson::fields).toList());
        }
        if (!authorities.isEmpty()) {
            members.put(
                    "authorities",
                    authorities.stream().map(SnapshotAuthority::members).toList());
        }
        if (!certificates.isEmpty()) {
            members.put(
                    "certificates",
                    certificates.stream().map(SnapshotCertificate::members).toList());
        }
        if (!clients.isEmpty()) {
            members.put("clients", clients.stream().map(SnapshotClient::members).toList());
        }
        if (!openRoutes.isEmpty()) {
            members.put("open_routes", openRoutes);
        }
        return members;
    }

    private static Map<String, Object> members(QuotaPlan plan) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", plan.name());
        members.put("per_second", plan.perSecond());
        members.put("burst", plan.burst());
        members.put("per_minute", plan.perMinute());
        members.put("per_day", plan.perDay());
        members.put("per_month", plan.perMonth());
        members.put("on_store_failure", JsonFields.word(plan.onStoreFailure()));
        return members;
    }

    private static Map<String, Object> members(TokenRevocation order) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("claim", order.claim().wireName());
        members.put("value", order.value());
        members.put("until", order.until().toString());
        return members;
    }
}
