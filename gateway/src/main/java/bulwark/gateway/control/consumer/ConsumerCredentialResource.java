package bulwark.gateway.control.consumer;

import bulwark.gateway.control.authority.CertificateEnd;
import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.rest.BulkCall;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.control.subscription.SubscriptionStatus;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Credentials of all consumers of a tenant: those that will soon end, and those that must end now. */
public final class ConsumerCredentialResource {
    private static final AuditEventType REVOKED = ControlEvent.of(
            "consumer_credentials_revoked",
            "all subscriptions and certificates of a consumer were revoked together with those of others",
            "revoked_subscriptions",
            "revoked_certificates");

    public static final List<AuditEventType> EVENTS = List.of(REVOKED);

    private static final String CONSUMER = "consumer_id";
    private static final int MAX_DAYS = 365;
    private static final int DEFAULT_DAYS = 30;
    private static final int MAX_SHOWN = 1_000;
    private static final int MAX_BULK = 50;

    private static final BodySchema CREDENTIAL = BodySchema.of("ExpiringCredential")
            .choice("kind", "api_key", "certificate", "subscription")
            .text("id", 64)
            .text(CONSUMER, 64)
            .text("subscription_id", 64)
            .text("api_key_prefix", 16)
            .time("expires_at");
    private static final BodySchema EXPIRING = BodySchema.of("ExpiringCredentials")
            .number("within_days", 1, MAX_DAYS)
            .number("total", 0, Long.MAX_VALUE)
            .objects("credentials", MAX_SHOWN, CREDENTIAL);
    private static final BodySchema BULK =
            BodySchema.of("BulkRevocation").requiredTexts("consumer_ids", MAX_BULK, List.of());
    private static final BodySchema BULK_RESULT = BulkCall.schema(
            "BulkRevocationResult",
            CONSUMER,
            MAX_BULK,
            BodySchema.of("Revoked")
                    .number("revoked_subscriptions", 0, Long.MAX_VALUE)
                    .number("revoked_certificates", 0, Long.MAX_VALUE));

    private final ControlStore store;

    public ConsumerCredentialResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/consumers/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "GET",
                                all + "/expiring",
                                Permission.APPS_READ,
                                "List what consumers call with that ends within some days, the first to end first.")
                        .number("days", 1, MAX_DAYS)
                        .answers(200, EXPIRING)
                        .handledBy(this::expiring),
                ControlOperation.permitted(
                                "POST",
                                all + "/bulk-revoke",
                                Permission.SUBSCRIPTIONS_REVOKE,
                                "Revoke every subscription and certificate of up to 50 consumers, each by itself.")
                        .takes(BULK)
                        .answers(200, BULK_RESULT)
                        .handledBy(this::revoke));
    }

    /** A credential and its end. */
    private record Expiry(Instant end, Map<String, Object> members) {}

    private Response expiring(ControlCall call) {
        long days = call.queryNumber("days", DEFAULT_DAYS);
        Instant now = store.clock().instant();
        Instant last = now.plus(Duration.ofDays(days));
        List<Expiry> found = store.read(call.scope(), tx -> {
            List<Expiry> all = new ArrayList<>(certificates(tx, ObjectKind.CERTIFICATE));
            all.addAll(certificates(tx, ObjectKind.CONSUMER_CERTIFICATE));
            for (ControlObject subscription : tx.all(ObjectKind.SUBSCRIPTION, ObjectFilter.ALL)) {
                all.addAll(ofSubscription(subscription, now));
            }
            return all;
        });
        List<Expiry> soon = found.stream()
                .filter(each -> now.isBefore(each.end) && !each.end.isAfter(last))
                .sorted(Comparator.comparing(Expiry::end))
                .toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("within_days", days);
        answer.put("total", (long) soon.size());
        answer.put(
                "credentials",
                soon.stream().limit(MAX_SHOWN).map(Expiry::members).toList());
        return Response.json(200, answer);
    }

    private static List<Expiry> certificates(TenantReader tx, ObjectKind kind) throws SQLException {
        List<Expiry> found = new ArrayList<>();
        for (ControlObject certificate : tx.all(kind, new ObjectFilter("active", null))) {
            CertificateEnd.of(certificate)
                    .ifPresent(end -> found.add(expiry(
                            "certificate", certificate.id(), certificate.text(CONSUMER), "", Optional.empty(), end)));
        }
        return found;
    }

    private static List<Expiry> ofSubscription(ControlObject subscription, Instant now) {
        SubscriptionStatus status = SubscriptionStatus.of(subscription, now);
        if (status != SubscriptionStatus.ACTIVE && status != SubscriptionStatus.SUSPENDED) {
            return List.of();
        }
        String consumer = subscription.text(CONSUMER);
        List<Expiry> found = new ArrayList<>();
        subscription
                .instant(SubscriptionResource.EXPIRES)
                .ifPresent(end -> found.add(
                        expiry("subscription", subscription.id(), consumer, subscription.id(), Optional.empty(), end)));
        for (Map<String, Object> key : ObjectCredential.live(subscription, now)) {
            Optional<String> prefix = Optional.of(String.valueOf(key.get("prefix")));
            ObjectCredential.end(key)
                    .ifPresent(end -> found.add(expiry(
                            "api_key", String.valueOf(key.get("id")), consumer, subscription.id(), prefix, end)));
        }
        return found;
    }

    private static Expiry expiry(
            String kind, String id, String consumer, String subscription, Optional<String> prefix, Instant end) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("kind", kind);
        members.put("id", id);
        members.put(CONSUMER, consumer);
        if (!subscription.isEmpty()) {
            members.put("subscription_id", subscription);
        }
        prefix.ifPresent(shown -> members.put("api_key_prefix", shown));
        members.put("expires_at", end.toString());
        return new Expiry(end, members);
    }

    /** One that is not there does not hold up the others: what was leaked ends now. */
    private Response revoke(ControlCall call) {
        return Response.json(
                200,
                BulkCall.run(
                        CONSUMER,
                        call.texts("consumer_ids"),
                        id -> revoked(call, id).members()));
    }

    private ConsumerRevocation revoked(ControlCall call, String id) {
        return store.change(call.scope(), call.actor(), REVOKED, change -> {
            ConsumerRevocation lost = ConsumerRevocation.of(change, change.require(ObjectKind.CONSUMER, id));
            change.note("revoked_subscriptions", lost.subscriptions());
            change.note("revoked_certificates", lost.certificates());
            return lost;
        });
    }
}
