package bulwark.seats.send;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.ReadTx;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.store.SeatStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** What a service counts of the plans that it sends. Thread-safe. */
public final class SendMetrics {
    private static final String OPEN = "seats_transactions_open";
    private static final String STARTED = "seats_transactions_started";
    private static final String CLOSED = "seats_transactions_closed";
    private static final String STEPS = "seats_send_steps";
    private static final String REFUSED = "seats_sends_refused";
    private static final String PAUSED = "seats_sends_paused";
    private static final String GAPS = "seats_nonce_gaps";
    private static final String TO_RECEIPT = "seats_plan_to_receipt_seconds";

    /** People approve plans: from seconds to a day. */
    private static final double[] BOUNDS = {10, 30, 60, 300, 900, 3_600, 21_600, 86_400};

    /** Of pauses; any other counts as the last. */
    private static final List<String> PAUSE_CODES =
            List.of("PAUSED", "HISTORY_ROLLED_BACK", "FOREIGN_TRANSACTION", "EFFECT_MISSING", "OTHER");

    private static final List<MetricDescription> OWN = List.of(
            MetricDescription.gauge(
                    OPEN, "transactions of the treasury that can still be mined or dropped, by state", "state"),
            MetricDescription.counter(
                    STARTED,
                    "transactions that took a nonce, by the kind of their plan: fee-bump and cancel are replacements",
                    "kind"),
            MetricDescription.counter(
                    CLOSED,
                    "transactions that are done with: FINAL, REPLACED, ABANDONED or FOREIGN (used by a transaction that is not"
                            + " ours)",
                    "state"),
            MetricDescription.counter(STEPS, "points of sends that were passed", "step"),
            MetricDescription.counter(REFUSED, "plans that were not sent, by the reason", "code"),
            MetricDescription.gauge(PAUSED, "pauses of all sends that nobody has lifted, by their reason", "code"),
            MetricDescription.gauge(
                    GAPS, "nonces below the newest one that no transaction of ours waits with, at the last pass"),
            MetricDescription.timer(TO_RECEIPT, "time from the proposal of a plan to its receipt", "kind"));

    /** With what is told of the signer. */
    public static final List<MetricDescription> ALL =
            Stream.of(OWN, SignerGauges.ALL).flatMap(List::stream).toList();

    private final Metrics metrics;

    /** @param metrics with {@link #ALL} among its descriptions */
    public SendMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Of a sender whose figures nobody reads. */
    static SendMetrics unread() {
        return new SendMetrics(new Metrics());
    }

    /** What the rows tell, whichever process wrote them. */
    public void register(SeatStore store) {
        for (IntentStatus status : IntentStatus.values()) {
            if (status.isOpen()) {
                metrics.gauge(OPEN, () -> read(store, tx -> count(tx, status)), "state", status.name());
            }
        }
        for (String code : PAUSE_CODES) {
            metrics.gauge(PAUSED, () -> read(store, tx -> paused(tx, code)), "code", code);
        }
    }

    private interface Figure {
        long of(ReadTx tx) throws SQLException;
    }

    private static double read(SeatStore store, Figure figure) {
        try {
            return store.<Long>read(figure::of);
        } catch (RuntimeException unreadable) {
            return Double.NaN;
        }
    }

    private static long count(ReadTx tx, IntentStatus status) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM tx_intents WHERE status = ?");
        select.setString(1, status.name());
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long paused(ReadTx tx, String code) throws SQLException {
        return PauseRows.all(tx).stream()
                .map(PauseRows.Pause::code)
                .map(given -> PAUSE_CODES.contains(given) ? given : PAUSE_CODES.getLast())
                .filter(code::equals)
                .count();
    }

    void gaps(LongSupplier count) {
        metrics.gauge(GAPS, count::getAsLong);
    }

    SignerGauges signer() {
        return new SignerGauges(metrics);
    }

    void passed(SendStep step) {
        metrics.count(STEPS, "step", step.name().toLowerCase(Locale.ROOT));
    }

    void started(PlanKind kind) {
        metrics.count(STARTED, "kind", kind.word());
    }

    void refused(String code) {
        metrics.count(REFUSED, "code", code);
    }

    /** After the commit. */
    void moved(TransactionIntent intent, IntentStatus to, Instant now) {
        if (to == IntentStatus.MINED) {
            Duration took = Duration.between(intent.plan().createdAt(), now);
            metrics.time(
                    TO_RECEIPT,
                    took.isNegative() ? Duration.ZERO : took,
                    BOUNDS,
                    "kind",
                    intent.plan().kind().word());
        } else if (!to.isOpen()) {
            metrics.count(CLOSED, "state", to.name());
        }
    }
}
