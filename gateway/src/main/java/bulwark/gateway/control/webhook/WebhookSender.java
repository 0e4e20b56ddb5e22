package bulwark.gateway.control.webhook;

import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.control.webhook.WebhookRows.Backlog;
import bulwark.gateway.control.webhook.WebhookRows.Receiver;
import bulwark.gateway.fetch.FetchAnswer;
import bulwark.gateway.fetch.FetchRequest;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Sends what is due, each webhook's deliveries one after another, so that a slow receiver holds up nobody else's. A delivery may come twice: its id is the same then. Thread-safe. */
public final class WebhookSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final MetricDescription DELIVERIES = MetricDescription.counter(
            "stoa_control_webhook_deliveries", "attempts to hand an event to a webhook's receiver", "outcome");

    private static final MetricDescription STORE_FAILURES = MetricDescription.counter(
            "stoa_control_webhook_store_failures", "rounds of deliveries that the store failed, and that are repeated");

    public static final List<MetricDescription> METRICS = List.of(DELIVERIES, STORE_FAILURES);

    static final AuditEventType UNREADABLE = AuditEventType.of(
            "webhook_event_unreadable",
            "an event for a webhook was given up, since its row of the audit log cannot be read: that row was changed by hand",
            "event_id");

    private static final String ENTITY = "process:webhooks";
    private static final String UNREADABLE_SENTENCE =
            "the event's row of the audit log cannot be read; look at GET /v1/audit/{tenant}/verify";

    private static final long MAX_PENDING = 10_000;
    private static final int BATCH = 200;
    private static final int MAX_AT_ONCE = 16;
    /** However many receivers of one tenant say nothing, those of others are called. */
    private static final int MAX_AT_ONCE_OF_TENANT = 4;

    private static final int MAX_ANSWER_BYTES = 64 << 10;
    private static final int MAX_PROBLEM = 300;
    private static final long POLL_MILLIS = 500;
    private static final Duration KEEP_DELIVERED = Duration.ofDays(2);
    private static final Duration KEEP_DEAD = Duration.ofDays(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final ControlStore store;
    private final GuardedFetch fetch;
    private final WebhookSecrets secrets;
    private final Metrics metrics;
    private final Clock clock;
    private final Set<Receiver> busy = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(MAX_AT_ONCE);
    private final Semaphore news = new Semaphore(0);
    private final EssentialThread thread = EssentialThread.virtual("webhooks", this::run);
    private volatile boolean closed;
    private Instant cleaned = Instant.EPOCH;

    private WebhookSender(
            ControlStore store, GuardedFetch fetch, WebhookSecrets secrets, Metrics metrics, Clock clock) {
        this.store = store;
        this.fetch = fetch;
        this.secrets = secrets;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @param fetch judges each address at each attempt; closed with this */
    public static WebhookSender start(
            ControlStore store, GuardedFetch fetch, Path stateFolder, Metrics metrics, Signing signing) {
        WebhookSender sender =
                new WebhookSender(store, fetch, WebhookSecrets.open(stateFolder, signing), metrics, store.clock());
        store.onChange(sender::enqueue);
        sender.thread.start();
        return sender;
    }

    /**
     * In the transaction of the change, so that no event is lost and none is told of a change that never was. An event waits with those before it: a receiver that failed is called by no new
     * event sooner than by them.
     */
    private void enqueue(WriteTx tx, TenantReader reader, AuditRow row) throws SQLException {
        for (ControlObject webhook : reader.all(ObjectKind.WEBHOOK, ObjectFilter.ALL)) {
            if (!WebhookResource.wants(webhook, row.type())) {
                continue;
            }
            Backlog before = WebhookRows.pending(tx, row.tenant(), webhook.id());
            if (before.count() < MAX_PENDING) {
                Instant now = clock.instant();
                Instant due = before.due().isAfter(now) ? before.due() : now;
                WebhookRows.insert(tx, row.tenant(), webhook.id(), row.id(), now, due);
                tx.afterCommit(news::release);
            }
        }
    }

    /** Longest answer of a receiver; it is not looked at. */
    public static int maxAnswerBytes() {
        return MAX_ANSWER_BYTES;
    }

    private void run() {
        try {
            while (!closed) {
                sendDue();
                if (news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A store that fails is asked again at the next round. */
    private void sendDue() {
        try {
            for (Receiver due : store.audited().store().read(tx -> WebhookRows.dueWebhooks(tx, clock.instant()))) {
                if (!busy.contains(due) && ofTenant(due.tenant()) < MAX_AT_ONCE_OF_TENANT && slots.tryAcquire()) {
                    busy.add(due);
                    Thread.ofVirtual().name("webhook").start(() -> sendAll(due));
                }
            }
            clean();
        } catch (StoreFailed e) {
            metrics.count(STORE_FAILURES.name());
            LOG.warn("events for webhooks wait: {}", e.getMessage());
        }
    }

    private long ofTenant(String tenant) {
        return busy.stream().filter(each -> each.tenant().equals(tenant)).count();
    }

    private void clean() {
        Instant now = clock.instant();
        if (Duration.between(cleaned, now).compareTo(Duration.ofHours(1)) > 0) {
            cleaned = now;
            store.audited().store().write(tx -> {
                WebhookRows.forget(tx, WebhookDelivery.DELIVERED, now.minus(KEEP_DELIVERED));
                WebhookRows.forget(tx, WebhookDelivery.DEAD, now.minus(KEEP_DEAD));
                return true;
            });
        }
    }

    private void sendAll(Receiver due) {
        try {
            for (WebhookDelivery delivery :
                    store.audited().store().read(tx -> WebhookRows.due(tx, due.webhook(), clock.instant(), BATCH))) {
                if (!closed && !send(delivery)) {
                    // What comes after it waits with it: receivers see events in their order as long as all goes well.
                    return;
                }
            }
        } catch (StoreFailed e) {
            metrics.count(STORE_FAILURES.name());
            LOG.warn("a webhook's deliveries wait: {}", e.getMessage());
        } finally {
            busy.remove(due);
            slots.release();
            news.release();
        }
    }

    private boolean send(WebhookDelivery delivery) {
        TenantScope scope = PlatformScope.ofProcess().tenant(delivery.tenant());
        Optional<ControlObject> webhook = store.read(scope, tx -> tx.find(ObjectKind.WEBHOOK, delivery.webhook()));
        Optional<List<String>> row = store.audited().store().read(tx -> WebhookRows.audited(tx, delivery));
        Instant now = clock.instant();
        if (webhook.isEmpty() || !webhook.get().isIn("active")) {
            metrics.count(DELIVERIES.name(), "outcome", "dropped");
            keep(delivery.dropped(now, "the webhook is gone or disabled"));
            return true;
        }
        Optional<byte[]> body = row.flatMap(columns -> body(delivery, columns));
        if (body.isEmpty()) {
            giveUp(delivery.dropped(now, UNREADABLE_SENTENCE));
            return true;
        }
        String problem = attempt(webhook.get(), delivery, body.get(), now);
        WebhookDelivery after =
                problem.isEmpty() ? delivery.taken(clock.instant()) : delivery.failed(clock.instant(), problem);
        metrics.count(
                DELIVERIES.name(), "outcome", after.state().equals(WebhookDelivery.PENDING) ? "failed" : after.state());
        keep(after);
        return problem.isEmpty();
    }

    /** What cannot be read now can never be: it ends as a dead letter, with evidence, and holds up nothing that comes after it. */
    private void giveUp(WebhookDelivery after) {
        metrics.count(DELIVERIES.name(), "outcome", "unreadable");
        AuditEvent event = UNREADABLE.event(
                ENTITY,
                after.tenant(),
                ObjectKind.WEBHOOK.word() + "/" + after.webhook(),
                null,
                Map.of("event_id", after.audit()));
        store.audited().store().write(tx -> {
            WebhookRows.update(tx, after);
            return store.audited().audit().append(tx, event);
        });
        LOG.error(
                "an event for webhook {} of tenant {} was given up: {}",
                after.webhook(),
                after.tenant(),
                after.problem());
    }

    private void keep(WebhookDelivery after) {
        store.audited().store().write(tx -> {
            WebhookRows.update(tx, after);
            if (!after.problem().isEmpty()) {
                WebhookRows.postpone(tx, after.webhook(), after.nextOfReceiver(clock.instant()));
            }
            return true;
        });
        if (after.state().equals(WebhookDelivery.DEAD)) {
            LOG.warn(
                    "an event for webhook {} of tenant {} is a dead letter: {}",
                    after.webhook(),
                    after.tenant(),
                    after.problem());
        }
    }

    /** @return what went wrong; empty for nothing. It never quotes the URL's path or query, which may hold a secret */
    private String attempt(ControlObject webhook, WebhookDelivery delivery, byte[] body, Instant now) {
        try {
            TargetUrl url = TargetUrl.parse(webhook.text(WebhookResource.URL));
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("X-Stoa-Delivery", delivery.id());
            fields.put("X-Stoa-Webhook", webhook.id());
            fields.put("X-Stoa-Signature", secrets.signature(webhook, now.getEpochSecond(), body));
            FetchAnswer answer =
                    fetch.send(new FetchRequest("POST", url, body, "application/json", Optional.empty(), fields));
            return answer.status() / 100 == 2 ? "" : "the receiver answered " + answer.status();
        } catch (TargetRefused e) {
            return "url is not one that may be called";
        } catch (IOException e) {
            String sentence = String.valueOf(e.getMessage()).replace(webhook.text(WebhookResource.URL), "the receiver");
            return sentence.length() > MAX_PROBLEM ? sentence.substring(0, MAX_PROBLEM) : sentence;
        }
    }

    /** What the audit log says of the event, without addresses of people. Empty when the row is none that this program writes. */
    private static Optional<byte[]> body(WebhookDelivery delivery, List<String> row) {
        JsonNode detail;
        try {
            detail = StrictJson.parse(row.get(4).getBytes(StandardCharsets.UTF_8));
        } catch (StrictJson.JsonRefused e) {
            return Optional.empty();
        }
        Map<String, Object> resource = new LinkedHashMap<>();
        for (String member : List.of("kind", "id", "name", "state")) {
            if (detail.path(member).isString()) {
                resource.put(member, detail.path(member).stringValue());
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", delivery.audit());
        body.put("event", row.get(0));
        body.put("occurred_at", row.get(1));
        body.put("tenant_id", delivery.tenant());
        body.put("actor_id", row.get(3));
        body.put("resource", resource);
        return Optional.of(StrictJson.write(body));
    }

    @Override
    public void close() {
        closed = true;
        news.release();
        thread.awaitEnd(CLOSE_TIMEOUT);
        fetch.close();
    }
}
