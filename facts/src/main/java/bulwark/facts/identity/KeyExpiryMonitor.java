package bulwark.facts.identity;

import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ages and ends of everything that must be renewed: gauges {@code stigmem_key_age_seconds{kind}} and
 * {@code stigmem_key_expires_seconds{kind}} (seconds left, negative once over), and sentences for the log. Thread-safe.
 */
public final class KeyExpiryMonitor {
    private static final int SHARE_OF_LIFE = 6;
    private static final Duration NOTICE = Duration.ofDays(14);

    private final Map<String, Supplier<Optional<Span>>> watched = new ConcurrentSkipListMap<>();
    private final Metrics metrics;
    private final Clock clock;

    /** Watches the two keys of the node from the start. */
    public KeyExpiryMonitor(NodeKeys keys, Metrics metrics, Clock clock) {
        this.metrics = metrics;
        this.clock = clock;
        for (KeyKind kind : KeyKind.values()) {
            watch(kind.wire(), () -> kind.ring(keys).current().map(key -> span(key, kind)));
        }
    }

    /**
     * The life of one thing.
     *
     * @param created null when unknown: no age is reported then
     * @param remedy what to do about its end, a sentence
     * @param notice how long before its end a warning is due; null = 14 days, or the last sixth of its life when that is less
     */
    public record Span(
            @Nullable Instant created,
            Instant expires,
            String remedy,
            @Nullable Duration notice) {
        public Span(@Nullable Instant created, Instant expires, String remedy) {
            this(created, expires, remedy, null);
        }
    }

    /** Adds a kind, for instance {@code certificate} or {@code api_key} (the one that ends first); empty means there is none now. */
    public void watch(String kind, Supplier<Optional<Span>> span) {
        watched.put(kind, span);
        metrics.gauge("stigmem_key_age_seconds", () -> age(span.get()), "kind", kind);
        metrics.gauge("stigmem_key_expires_seconds", () -> timeLeft(span.get()), "kind", kind);
    }

    /** One sentence for each thing that is over, or ends within its notice. */
    public List<String> warnings() {
        return watched.entrySet().stream()
                .flatMap(entry -> entry.getValue().get().stream().flatMap(span -> warning(entry.getKey(), span)))
                .toList();
    }

    private Stream<String> warning(String kind, Span span) {
        Duration left = Duration.between(clock.instant(), span.expires());
        if (left.compareTo(notice(span)) > 0) {
            return Stream.empty();
        }
        String when =
                left.isNegative() ? "ended " + left.abs().toDays() + " days ago" : "ends in " + left.toDays() + " days";
        return Stream.of("SECURITY WARNING: " + kind + ": its life " + when + ". " + span.remedy());
    }

    private static Duration notice(Span span) {
        if (span.notice() != null) {
            return span.notice();
        }
        if (span.created() == null) {
            return NOTICE;
        }
        Duration share = Duration.between(span.created(), span.expires()).dividedBy(SHARE_OF_LIFE);
        return share.compareTo(NOTICE) < 0 ? share : NOTICE;
    }

    private double age(Optional<Span> span) {
        return span.filter(known -> known.created() != null)
                .map(known -> seconds(Duration.between(known.created(), clock.instant())))
                .orElse(Double.NaN);
    }

    private double timeLeft(Optional<Span> span) {
        return span.map(known -> seconds(Duration.between(clock.instant(), known.expires())))
                .orElse(Double.NaN);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static Span span(KeyEntry key, KeyKind kind) {
        return new Span(
                key.created(),
                key.created().plus(kind.maxAge()),
                "Run: stigmem identity rotate-key --kind " + kind.wire());
    }
}
