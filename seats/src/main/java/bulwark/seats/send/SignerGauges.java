package bulwark.seats.send;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the signer said of itself when it was asked last: it opens no port, so that the service shows its figures. Thread-safe. */
final class SignerGauges {
    private static final String READY = "seats_signer_ready";
    private static final String SENTINEL = "seats_signer_sentinel_age_seconds";
    private static final String TRANSACTIONS = "seats_signer_transactions";
    private static final String REFUSALS = "seats_signer_refusals";
    /** Whoever answers at the socket names them; a signer has fewer. */
    private static final int MAX_CODES = 60;

    private static final Pattern CODE = Pattern.compile("[A-Z_]{1,40}");

    static final List<MetricDescription> ALL = List.of(
            MetricDescription.gauge(READY, "1 while the signer answers and its key signs, else 0"),
            MetricDescription.gauge(
                    SENTINEL, "time since the key of the signer last signed its sentinel, NaN before the first"),
            MetricDescription.gauge(TRANSACTIONS, "transactions in the journal of the signer, NaN before it answered"),
            MetricDescription.gauge(REFUSALS, "requests that the signer refused since its start", "code"));

    private final Metrics metrics;
    private final Map<String, AtomicLong> refusals = new ConcurrentHashMap<>();
    private volatile boolean ready;
    private volatile double transactions = Double.NaN;
    private volatile @Nullable Instant sentinel;

    SignerGauges(Metrics metrics) {
        this.metrics = metrics;
    }

    void register(Clock clock) {
        metrics.gauge(READY, () -> ready ? 1 : 0);
        metrics.gauge(SENTINEL, () -> age(clock));
        metrics.gauge(TRANSACTIONS, () -> transactions);
    }

    private double age(Clock clock) {
        @Nullable Instant last = sentinel;
        return last == null
                ? Double.NaN
                : Math.max(0, Duration.between(last, clock.instant()).toMillis() / 1_000.0);
    }

    /** @param health an answer; one that is not in its form counts as none */
    void take(JsonNode health) {
        ready = health.path("state").asString("").equals("ready");
        try {
            String last = health.path("lastSentinel").asString("");
            sentinel = last.isEmpty() ? null : Instant.parse(last);
            transactions = Long.parseLong(health.path("signed").asString(""));
            for (Map.Entry<String, JsonNode> each : health.path("refusals").properties()) {
                refusals(each.getKey(), Long.parseLong(each.getValue().asString("")));
            }
        } catch (DateTimeParseException | NumberFormatException odd) {
            silent();
        }
    }

    /** Nobody answered. */
    void silent() {
        ready = false;
    }

    private void refusals(String code, long count) {
        AtomicLong known = refusals.get(code);
        if (known == null) {
            if (refusals.size() >= MAX_CODES || !CODE.matcher(code).matches()) {
                return;
            }
            AtomicLong fresh = new AtomicLong();
            refusals.put(code, fresh);
            metrics.gauge(REFUSALS, fresh::doubleValue, "code", code);
            known = fresh;
        }
        known.set(count);
    }
}
