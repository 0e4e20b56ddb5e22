package bulwark.gateway.feed;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerCertificates;
import bulwark.gateway.apikey.PushedKey;
import bulwark.gateway.quota.QuotaConsumer;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SnapshotCertificate;
import bulwark.gateway.snapshot.SnapshotClient;
import bulwark.gateway.snapshot.SnapshotKey;
import bulwark.kernel.quota.QuotaPlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a snapshot says of consumers, as it is looked up for a call. Keys, certificates and tokens of one consumer open what its subscriptions open, under the same plans.
 *
 * @param plans by the name under which calls are counted
 * @param keys by SHA-256 of each key, hex
 * @param certificates by SHA-256 of each one's DER, hex, and by tenant
 * @param applications by the id of each one's OAuth client
 * @param demanding ids of routes that no application may call without a subscription
 */
record PushedConsumers(
        Map<String, QuotaPlan> plans,
        Map<String, PushedKey> keys,
        Map<String, Map<String, ConsumerCertificates.Entry>> certificates,
        Map<String, ApplicationClients.Entry> applications,
        Set<String> demanding) {
    /** A consumer of a tenant. */
    private record Consumer(String tenant, String id) {}

    static PushedConsumers of(GatewaySnapshot snapshot) {
        Map<String, PushedKey> keys = Map.copyOf(keys(snapshot));
        Map<Consumer, Map<String, PushedKey>> subscriptions =
                snapshot.certificates().isEmpty() && snapshot.clients().isEmpty() ? Map.of() : subscriptions(keys);
        return new PushedConsumers(
                plans(snapshot),
                keys,
                certificates(snapshot, subscriptions),
                applications(snapshot, subscriptions),
                demanding(snapshot));
    }

    /** As {@link #of}. What a snapshot says the same of as the one before it is taken from there. */
    static PushedConsumers of(GatewaySnapshot snapshot, GatewaySnapshot before, PushedConsumers known) {
        boolean same = snapshot.keys() == before.keys()
                && snapshot.plans() == before.plans()
                && snapshot.certificates() == before.certificates()
                && snapshot.clients() == before.clients();
        return same
                ? new PushedConsumers(
                        known.plans,
                        known.keys,
                        known.certificates,
                        known.applications,
                        snapshot.routes() == before.routes() && snapshot.openRoutes() == before.openRoutes()
                                ? known.demanding
                                : demanding(snapshot))
                : of(snapshot);
    }

    private static Set<String> demanding(GatewaySnapshot snapshot) {
        Set<String> demanding = HashSet.newHashSet(snapshot.routes().size());
        snapshot.routes().forEach(route -> demanding.add(route.id()));
        snapshot.openRoutes().forEach(demanding::remove);
        return Set.copyOf(demanding);
    }

    private static Map<String, QuotaPlan> plans(GatewaySnapshot snapshot) {
        Map<String, QuotaPlan> byName = new HashMap<>();
        snapshot.plans().forEach(plan -> byName.put(plan.name(), plan));
        Map<String, QuotaPlan> byConsumer = new HashMap<>();
        for (SnapshotKey key : snapshot.keys()) {
            QuotaPlan plan = byName.get(key.plan());
            if (plan != null) {
                byConsumer.put(QuotaConsumer.ofKey(key.subscription()), plan);
            }
        }
        return byConsumer;
    }

    private static Map<String, PushedKey> keys(GatewaySnapshot snapshot) {
        Map<String, PushedKey> byLookup = new HashMap<>();
        for (SnapshotKey key : snapshot.keys()) {
            byLookup.put(
                    key.lookup(),
                    new PushedKey(
                            key.subscription(),
                            key.consumer(),
                            key.tenant(),
                            key.route(),
                            key.profile(),
                            key.expires()));
        }
        return byLookup;
    }

    /** By the route that each opens, until the last of the subscription's keys ends. */
    private static Map<Consumer, Map<String, PushedKey>> subscriptions(Map<String, PushedKey> keys) {
        Map<Consumer, Map<String, PushedKey>> byConsumer = new HashMap<>();
        for (PushedKey key : keys.values()) {
            byConsumer
                    .computeIfAbsent(new Consumer(key.tenant(), key.consumer()), consumer -> new HashMap<>())
                    .merge(key.route(), key, PushedKey::later);
        }
        return byConsumer;
    }

    private static Map<String, Map<String, ConsumerCertificates.Entry>> certificates(
            GatewaySnapshot snapshot, Map<Consumer, Map<String, PushedKey>> byConsumer) {
        Map<String, Map<String, ConsumerCertificates.Entry>> byFingerprint = new HashMap<>();
        for (SnapshotCertificate certificate : snapshot.certificates()) {
            Map<String, PushedKey> opened = byConsumer.get(new Consumer(certificate.tenant(), certificate.consumer()));
            if (opened != null) {
                byFingerprint
                        .computeIfAbsent(certificate.fingerprint(), fingerprint -> new HashMap<>())
                        .put(
                                certificate.tenant(),
                                new ConsumerCertificates.Entry(
                                        certificate.tenant(), certificate.expires(), certificate.pinned(), opened));
            }
        }
        return byFingerprint;
    }

    /** Fingerprints of certificates that are trusted by themselves, whoever signed them. */
    List<String> pinned() {
        return certificates.entrySet().stream()
                .filter(each -> each.getValue().values().stream().anyMatch(ConsumerCertificates.Entry::pinned))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, ApplicationClients.Entry> applications(
            GatewaySnapshot snapshot, Map<Consumer, Map<String, PushedKey>> byConsumer) {
        Map<String, ApplicationClients.Entry> byClient = new HashMap<>();
        for (SnapshotClient client : snapshot.clients()) {
            Map<String, PushedKey> opened =
                    byConsumer.getOrDefault(new Consumer(client.tenant(), client.consumer()), Map.of());
            byClient.put(client.client(), new ApplicationClients.Entry(client.tenant(), client.active(), opened));
        }
        return byClient;
    }
}
