package bulwark.facts.node;

import static bulwark.kernel.metrics.MetricDescription.counter;
import static bulwark.kernel.metrics.MetricDescription.gauge;
import static bulwark.kernel.metrics.MetricDescription.timer;

import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.web.AuditedRoutes;
import bulwark.web.Service;
import java.util.ArrayList;
import java.util.List;

/** Every metric of the fact node. */
public final class NodeMetrics {
    static final String PREFIX = "stigmem";

    private static final List<MetricDescription> OWN = List.of(
            counter("stigmem_access_row_mismatch", "rows that decide about access and differ from their evidence"),
            counter("stigmem_api_key_row_refused", "calls with an API key whose row was changed behind the node"),
            counter("stigmem_audit_event", "audit rows written", "event_type", "tenant"),
            timer("stigmem_capability_verify_duration_seconds", "time to verify a capability token", "result"),
            counter("stigmem_contradiction", "facts that contradicted a live one when they were written", "tenant"),
            counter("stigmem_fact_chain_mismatch", "findings that the chain of facts was changed", "tenant"),
            counter("stigmem_fact_read", "reads of facts: one, a page, or a recall", "principal", "tenant"),
            counter("stigmem_fact_write", "facts written", "principal", "tenant"),
            ExpiryMonitor.METRIC,
            counter("stigmem_outbox_row_refused", "rows of the outbox that the node had not written", "kind"),
            counter(
                    "stigmem_recall_index_rebuilt",
                    "search indexes made anew: files missing, damaged or not the node's own"),
            timer("stigmem_recall_ranker_duration", "time to rank the answer of a recall", "tenant"),
            gauge("stigmem_tls_authorities", "authorities that may vouch for TLS peers"),
            gauge("stigmem_tls_authorities_unbound", "those that are not bound to names by STIGMEM_TLS_CA_NAMES"));

    private NodeMetrics() {}

    public static List<MetricDescription> descriptions() {
        List<MetricDescription> all = new ArrayList<>(OWN);
        all.addAll(AuditedRoutes.metrics(PREFIX));
        all.addAll(Service.metrics(PREFIX));
        return List.copyOf(all);
    }
}
