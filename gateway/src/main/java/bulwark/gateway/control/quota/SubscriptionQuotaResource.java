package bulwark.gateway.control.quota;

import bulwark.gateway.control.instance.GatewayStatus;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.quota.QuotaPeriod;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1/admin/quotas/{tenant}}: the limits of each active subscription, and each gateway's own count of its calls. Gateways that share counters each tell what they counted themselves. */
public final class SubscriptionQuotaResource {
    private static final int MAX_GATEWAYS = 1_000;
    private static final BodySchema REPORT = BodySchema.of("QuotaUsage")
            .text("gateway_id", 64)
            .number("daily_used", 0, Long.MAX_VALUE)
            .number("monthly_used", 0, Long.MAX_VALUE)
            .time("reported_at");
    private static final BodySchema VIEW = BodySchema.of("SubscriptionQuota")
            .text("subscription_id", 64)
            .text("consumer_id", 64)
            .text("plan_id", 64)
            .number("rate_limit_per_second", 0, Long.MAX_VALUE)
            .number("rate_limit_per_minute", 0, Long.MAX_VALUE)
            .number("daily_limit", 0, Long.MAX_VALUE)
            .number("monthly_limit", 0, Long.MAX_VALUE)
            .objects("usage", MAX_GATEWAYS, REPORT);

    private final ControlStore store;
    private final GatewayStatus status;

    public SubscriptionQuotaResource(ControlStore store, GatewayStatus status) {
        this.store = store;
        this.status = status;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/admin/quotas/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "GET",
                                all,
                                Permission.APPS_READ,
                                "List the limits of active subscriptions, and what gateways counted.")
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "GET",
                                all + "/{id}",
                                Permission.APPS_READ,
                                "Show the limits of a subscription, and what gateways counted.")
                        .answers(200, VIEW)
                        .handledBy(call -> Response.json(
                                200,
                                store.read(
                                        call.scope(),
                                        tx -> members(tx, tx.require(ObjectKind.SUBSCRIPTION, call.path("id")))))));
    }

    private Response list(ControlCall call) {
        ObjectFilter active = new ObjectFilter("active", null);
        Map<String, Object> answer = store.read(call.scope(), tx -> {
            ObjectPage page = tx.page(ObjectKind.SUBSCRIPTION, active, call.page());
            Map<String, Map<String, Object>> byId = new LinkedHashMap<>();
            for (ControlObject subscription : page.objects()) {
                byId.put(subscription.id(), members(tx, subscription));
            }
            return page.members(subscription -> byId.getOrDefault(subscription.id(), Map.of()));
        });
        return Response.json(200, answer);
    }

    private Map<String, Object> members(TenantReader tx, ControlObject subscription) throws SQLException {
        Optional<QuotaPlan> plan = tx.find(ObjectKind.PLAN, subscription.text(SubscriptionResource.PLAN))
                .map(PlanResource::limits);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("subscription_id", subscription.id());
        members.put("consumer_id", subscription.text(SubscriptionResource.CONSUMER));
        members.put("plan_id", subscription.text(SubscriptionResource.PLAN));
        plan.ifPresent(limits -> {
            members.put("rate_limit_per_second", limits.perSecond());
            members.put("rate_limit_per_minute", limits.perMinute());
            members.put("daily_limit", limits.limit(QuotaPeriod.DAY));
            members.put("monthly_limit", limits.limit(QuotaPeriod.MONTH));
        });
        members.put("usage", status.usage(subscription.id()));
        return members;
    }
}
