package bulwark.seats.watch;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.seats.store.SeatStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What watchers say of themselves in a scrape: read from the store, so that it is true whichever process watches. */
public final class WatchMetrics {
    private static final String AGE = "seats_watcher_heartbeat_age_seconds";
    private static final String ALERTS = "seats_open_alerts";

    public static final List<MetricDescription> ALL = List.of(
            MetricDescription.gauge(
                    AGE, "time since the last successful look of a watcher, NaN before the first", "watcher"),
            MetricDescription.gauge(ALERTS, "open alerts of watchers", "severity"));

    private WatchMetrics() {}

    public static void register(Metrics metrics, SeatStore store, Clock clock) {
        for (String watcher : List.of(Heartbeat.EXECUTION, Heartbeat.CONSENSUS)) {
            metrics.gauge(AGE, () -> age(store, watcher, clock), "watcher", watcher);
        }
        for (Alert.Severity severity : Alert.Severity.values()) {
            String word = severity.name().toLowerCase(Locale.ROOT);
            metrics.gauge(ALERTS, () -> open(store, word), "severity", word);
        }
    }

    private static double age(SeatStore store, String watcher, Clock clock) {
        try {
            return store.read(tx -> Heartbeat.of(tx, watcher))
                    .map(beat -> (double)
                            Duration.between(beat.seenAt(), clock.instant()).toSeconds())
                    .orElse(Double.NaN);
        } catch (RuntimeException unreadable) {
            return Double.NaN;
        }
    }

    private static double open(SeatStore store, String severity) {
        try {
            return store.<Long>read(tx -> AlertTable.count(tx, severity));
        } catch (RuntimeException unreadable) {
            return Double.NaN;
        }
    }
}
