package bulwark.gateway.control.posture;

import bulwark.gateway.control.instance.GatewaySync;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/security/{tenant}}: computed anew at each call, from nothing but what is observed then. */
public final class PostureResource {
    private static final int MAX_OBSERVATIONS = 50;
    private static final double FULL_SCORE = 100;
    private static final BodySchema SCORE = BodySchema.of("SecurityScore")
            .text("tenant_id", 64)
            .decimal("score")
            .choice("grade", "A", "B", "C", "D", "F")
            .time("observed_at")
            .objects("observations", MAX_OBSERVATIONS, Observation.SCHEMA);
    private static final BodySchema ROW = BodySchema.of("ComplianceRow")
            .text("requirement", 200)
            .text("capability", 200)
            .choice("status", "met", "not_met", "not_observed")
            .objects("observations", MAX_OBSERVATIONS, Observation.SCHEMA)
            .text("not_seen_here", 500);
    private static final BodySchema REPORT = BodySchema.of("ComplianceReport")
            .text("tenant_id", 64)
            .choice("framework", "DORA", "NIS2")
            .text("disclaimer", 1_000)
            .time("observed_at")
            .objects("rows", MAX_OBSERVATIONS, ROW);

    private final ControlStore store;
    private final PostureObserver observer;
    private final ScanResource scans;

    public static final List<AuditEventType> EVENTS = List.of(ScanResource.INGESTED, PostureDriftResource.BASELINE_SET);

    /**
     * What is known of the process itself.
     *
     * @param tls whether it is served over TLS
     * @param keycloak whether its tokens come from an identity provider
     * @param program that runs
     * @param resilience report of the last test
     */
    public record Process(boolean tls, boolean keycloak, ShippedProgram program, ResilienceReport resilience) {}

    public PostureResource(ControlStore store, GatewaySync sync, Process process) {
        this.store = store;
        this.observer = new PostureObserver(store, sync, process);
        this.scans = new ScanResource(store, observer);
    }

    public List<ControlOperation> operations() {
        String all = "/v1/security/{tenant}";
        List<ControlOperation> operations = new ArrayList<>(List.of(
                ControlOperation.permitted(
                                "GET",
                                all + "/score",
                                Permission.SECURITY_READ,
                                "Score a tenant by what is observed now.")
                        .answers(200, SCORE)
                        .handledBy(this::score),
                ControlOperation.permitted(
                                "GET",
                                all + "/compliance/DORA",
                                Permission.SECURITY_READ,
                                "Set what is observed beside the rows of DORA.")
                        .answers(200, REPORT)
                        .handledBy(call -> report(call, "DORA", ComplianceRow.DORA)),
                ControlOperation.permitted(
                                "GET",
                                all + "/compliance/NIS2",
                                Permission.SECURITY_READ,
                                "Set what is observed beside the rows of NIS2.")
                        .answers(200, REPORT)
                        .handledBy(call -> report(call, "NIS2", ComplianceRow.NIS2))));
        operations.addAll(scans.operations());
        operations.addAll(new PostureDriftResource(store, observer).operations());
        return operations;
    }

    private Response score(ControlCall call) {
        List<Observation> observed = observer.observe(call.scope());
        double score = Math.max(
                0, FULL_SCORE - observed.stream().mapToDouble(Observation::cost).sum() - scans.cost(call.scope()));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("score", score);
        answer.put("grade", grade(score));
        answer.put("observed_at", store.clock().instant().toString());
        answer.put("observations", observed.stream().map(Observation::members).toList());
        return Response.json(200, answer);
    }

    private static String grade(double score) {
        return score >= 90 ? "A" : score >= 80 ? "B" : score >= 70 ? "C" : score >= 60 ? "D" : "F";
    }

    private Response report(ControlCall call, String framework, List<ComplianceRow> rows) {
        List<Observation> observed = observer.observe(call.scope());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("framework", framework);
        answer.put("disclaimer", ComplianceRow.DISCLAIMER);
        answer.put("observed_at", store.clock().instant().toString());
        answer.put("rows", rows.stream().map(row -> row.members(observed)).toList());
        return Response.json(200, answer);
    }
}
