package bulwark.app.up;

import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.metrics.MetricDescription;
import java.util.List;

/**
 * What a part says of itself, for the reference documents.
 *
 * @param title of its sections, for instance {@code Facts}
 * @param settings read by {@code settingsOf}, for instance {@code bin/stigmem-node}
 * @param metricsOf the processes that serve them, for instance {@code A fact node}
 * @param eventsIn where the audit rows are found, as one sentence
 */
public record PartDeclaration(
        String title,
        Schema settings,
        String settingsOf,
        List<MetricDescription> metrics,
        String metricsOf,
        List<AuditEventType> events,
        String eventsIn) {
    public PartDeclaration {
        metrics = List.copyOf(metrics);
        events = List.copyOf(events);
    }
}
