package bulwark.kernel.metrics;

import java.util.List;

/**
 * What a part says of one of its metrics: the help text of the scrape, and a line of the reference.
 *
 * @param name as the code gives it to {@link Metrics}
 * @param labels names of all its labels, in no particular order
 * @param meaning one phrase: what is counted or measured
 */
public record MetricDescription(String name, Kind kind, List<String> labels, String meaning) {
    public enum Kind {
        COUNTER,
        GAUGE,
        /** A histogram of seconds. */
        TIMER
    }

    public static MetricDescription counter(String name, String meaning, String... labels) {
        return new MetricDescription(name, Kind.COUNTER, List.of(labels), meaning);
    }

    public static MetricDescription gauge(String name, String meaning, String... labels) {
        return new MetricDescription(name, Kind.GAUGE, List.of(labels), meaning);
    }

    public static MetricDescription timer(String name, String meaning, String... labels) {
        return new MetricDescription(name, Kind.TIMER, List.of(labels), meaning);
    }

    /** As it stands in a scrape, which tells units and kinds by endings. */
    public String scrapedName() {
        return switch (kind) {
            case COUNTER -> name + "_total";
            case GAUGE -> name;
            case TIMER -> name.endsWith("_seconds") ? name : name + "_seconds";
        };
    }
}
