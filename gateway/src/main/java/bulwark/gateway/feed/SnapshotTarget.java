package bulwark.gateway.feed;

import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.quota.PlanTable;
import bulwark.gateway.quota.QuotaAdmin;
import bulwark.gateway.route.MergedRoutes;
import bulwark.gateway.route.RouteGuard;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;

/**
 * What a snapshot is carried out by.
 *
 * @param routes beside those of the gateway's own admin API, which no snapshot removes
 */
public record SnapshotTarget(
        MergedRoutes routes,
        RouteGuard guard,
        ConsumerKeyCache keys,
        PlanTable plans,
        QuotaAdmin usage,
        TokenRevocationList revocations,
        AuditedStore store,
        Metrics metrics) {}
