package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.api.ApiResource;
import bulwark.gateway.control.api.ApiRouteForm;
import bulwark.gateway.control.api.DeploymentEnvironment;
import bulwark.gateway.control.application.ApplicationResource;
import bulwark.gateway.control.authority.AuthorityResource;
import bulwark.gateway.control.authority.CertificateEnd;
import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.revocation.RevocationResource;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.PolicyReferences;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SnapshotAuthority;
import bulwark.gateway.snapshot.SnapshotCertificate;
import bulwark.gateway.snapshot.SnapshotClient;
import bulwark.gateway.snapshot.SnapshotKey;
import bulwark.kernel.quota.QuotaPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the snapshot of a gateway out of what stands in the store at one moment. {@link #build} for one thread at a time. */
final class SnapshotBuilder {
    private final PublishedObjects objects;
    private final PublishedRoutes routes = new PublishedRoutes();

    SnapshotBuilder(ControlStore store) {
        this.objects = PublishedObjects.of(store);
    }

    /**
     * All that counts, of all tenants, at one generation. Immutable.
     *
     * @param openRoutes ids of routes that applications may call without a subscription
     * @param environments of each route, by its id
     */
    record Content(
            long generation,
            List<ApiRoute> routes,
            List<SnapshotKey> keys,
            List<QuotaPlan> plans,
            List<TokenRevocation> revocations,
            List<PublishedPolicies.PublishedPolicy> policies,
            List<SnapshotAuthority> authorities,
            List<SnapshotCertificate> certificates,
            List<SnapshotClient> clients,
            Set<String> openRoutes,
            Map<String, List<String>> environments) {
        GatewaySnapshot of(SnapshotRecipient recipient) {
            List<ApiRoute> itsRoutes =
                    routes.stream().filter(route -> isFor(recipient, route)).toList();
            Set<String> routeIds = itsRoutes.stream().map(ApiRoute::id).collect(Collectors.toSet());
            List<SnapshotKey> itsKeys =
                    keys.stream().filter(key -> routeIds.contains(key.route())).toList();
            Set<String> named = itsKeys.stream().map(SnapshotKey::plan).collect(Collectors.toSet());
            Set<String> consumers = itsKeys.stream().map(SnapshotKey::consumer).collect(Collectors.toSet());
            List<SnapshotCertificate> itsCertificates = certificates.stream()
                    .filter(certificate -> consumers.contains(certificate.consumer()))
                    .toList();
            Set<String> tenants =
                    itsCertificates.stream().map(SnapshotCertificate::tenant).collect(Collectors.toSet());
            return new GatewaySnapshot(
                    recipient.gateway(),
                    generation,
                    itsRoutes,
                    itsKeys,
                    plans.stream().filter(plan -> named.contains(plan.name())).toList(),
                    revocations,
                    policies(recipient.gateway(), itsRoutes, policies),
                    authorities.stream()
                            .filter(authority -> tenants.contains(authority.tenant()))
                            .toList(),
                    itsCertificates,
                    clients.stream()
                            .filter(client -> isOf(recipient, client.tenant()))
                            .toList(),
                    itsRoutes.stream()
                            .map(ApiRoute::id)
                            .filter(openRoutes::contains)
                            .toList());
        }

        private static boolean isOf(SnapshotRecipient recipient, String tenant) {
            return recipient.tenant().isEmpty() || recipient.tenant().equals(tenant);
        }

        private boolean isFor(SnapshotRecipient recipient, ApiRoute route) {
            return isOf(recipient, route.tenantId())
                    && (recipient.environment().isEmpty()
                            || environments.getOrDefault(route.id(), List.of()).contains(recipient.environment()));
        }

        /** What can match no call of these routes is left out: a gateway would refuse it, and all else with it. */
        private static List<ApiPolicy> policies(
                String gateway, List<ApiRoute> routes, List<PublishedPolicies.PublishedPolicy> all) {
            return PolicyReferences.matching(
                    routes,
                    all.stream()
                            .filter(each -> each.isFor(gateway))
                            .map(PublishedPolicies.PublishedPolicy::policy)
                            .toList());
        }
    }

    Content build() {
        objects.refresh();
        Map<String, ControlObject> tenants = byId(objects.all(ObjectKind.TENANT));
        Map<String, ControlObject> apis = byId(objects.all(ObjectKind.API));
        Map<String, ControlObject> plans = byId(objects.all(ObjectKind.PLAN));
        Map<String, ControlObject> consumers = byId(objects.all(ObjectKind.CONSUMER));
        apis.values().removeIf(api -> !api.isIn("published", "deprecated") || !isActive(tenants.get(api.tenant())));
        consumers.values().removeIf(consumer -> !isActive(consumer));
        PublishedPolicies policies = new PublishedPolicies(byId(objects.all(ObjectKind.POLICY)), apis);
        objects.all(ObjectKind.POLICY_BINDING).forEach(policies::add);
        List<SnapshotKey> keys = new ArrayList<>();
        for (ControlObject subscription : objects.all(ObjectKind.SUBSCRIPTION)) {
            ControlObject api = apis.get(subscription.text(SubscriptionResource.API));
            ControlObject plan = plans.get(subscription.text(SubscriptionResource.PLAN));
            boolean isCallable = consumers.containsKey(subscription.text(SubscriptionResource.CONSUMER));
            if (isActive(subscription) && api != null && plan != null && isCallable) {
                keys.addAll(keys(subscription, api, plan));
            }
        }
        List<TokenRevocation> revocations = objects.all(ObjectKind.REVOCATION).stream()
                .map(RevocationResource::order)
                .toList();
        return new Content(
                objects.generation(),
                routes.of(apis.values()),
                keys,
                plans.values().stream().map(PlanResource::limits).toList(),
                revocations,
                policies.all(),
                objects.all(ObjectKind.AUTHORITY).stream()
                        .map(ca -> SnapshotAuthority.ofPem(ca.tenant(), ca.text(AuthorityResource.CERTIFICATE)))
                        .toList(),
                certificates(consumers),
                clients(consumers),
                apis.values().stream()
                        .filter(api -> !ApiResource.requiresSubscription(api))
                        .map(ApiRouteForm::id)
                        .collect(Collectors.toSet()),
                apis.values().stream().collect(Collectors.toMap(ApiRouteForm::id, DeploymentEnvironment::of)));
    }

    /** One whose consumer may not call is told to gateways too, so that its tokens are not taken for anybody's. */
    private List<SnapshotClient> clients(Map<String, ControlObject> consumers) {
        List<SnapshotClient> clients = new ArrayList<>();
        for (ControlObject application : objects.all(ObjectKind.APPLICATION)) {
            ControlObject consumer = consumers.get(application.text(ApplicationResource.CONSUMER));
            clients.add(new SnapshotClient(
                    application.text(ApplicationResource.CLIENT),
                    application.text(ApplicationResource.CONSUMER),
                    application.tenant(),
                    consumer != null && consumer.tenant().equals(application.tenant())));
        }
        return clients;
    }

    /** Each carries its end, so that the content changes with the generation alone. */
    private List<SnapshotCertificate> certificates(Map<String, ControlObject> consumers) {
        List<SnapshotCertificate> certificates = new ArrayList<>();
        for (ControlObject certificate : objects.all(ObjectKind.CERTIFICATE)) {
            certificate(certificate, consumers, false).ifPresent(certificates::add);
        }
        for (ControlObject certificate : objects.all(ObjectKind.CONSUMER_CERTIFICATE)) {
            certificate(certificate, consumers, true).ifPresent(certificates::add);
        }
        return certificates;
    }

    private static Optional<SnapshotCertificate> certificate(
            ControlObject certificate, Map<String, ControlObject> consumers, boolean pinned) {
        ControlObject consumer = consumers.get(certificate.text(AuthorityResource.CONSUMER));
        boolean counts =
                isActive(certificate) && consumer != null && consumer.tenant().equals(certificate.tenant());
        return counts
                ? CertificateEnd.of(certificate)
                        .map(end -> new SnapshotCertificate(
                                certificate.text("fingerprint"),
                                certificate.text(AuthorityResource.CONSUMER),
                                certificate.tenant(),
                                end,
                                pinned))
                : Optional.empty();
    }

    private static boolean isActive(@Nullable ControlObject object) {
        return object != null && object.isIn("active");
    }

    private static Map<String, ControlObject> byId(Collection<ControlObject> objects) {
        Map<String, ControlObject> byId = new LinkedHashMap<>();
        objects.forEach(object -> byId.put(object.id(), object));
        return byId;
    }

    /** Keys that will end, or have ended, carry their end: no gateway waits for news of it, and the content changes with the generation alone. */
    private static List<SnapshotKey> keys(ControlObject subscription, ControlObject api, ControlObject plan) {
        Optional<Instant> end = subscription.instant(SubscriptionResource.EXPIRES);
        List<SnapshotKey> keys = new ArrayList<>();
        for (Map<String, Object> key : subscription.objects(ObjectCredential.FIELD)) {
            Instant keyEnd = ObjectCredential.end(key).orElse(Instant.MAX);
            Instant first = keyEnd.isBefore(end.orElse(Instant.MAX)) ? keyEnd : end.orElse(Instant.MAX);
            keys.add(new SnapshotKey(
                    String.valueOf(key.get("id")),
                    String.valueOf(key.get("lookup")),
                    subscription.id(),
                    subscription.text(SubscriptionResource.CONSUMER),
                    subscription.tenant(),
                    ApiRouteForm.id(api),
                    subscription.text(SubscriptionResource.PROFILE),
                    plan.id(),
                    first.equals(Instant.MAX) ? null : first));
        }
        return keys;
    }
}
