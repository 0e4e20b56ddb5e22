package bulwark.gateway.control.posture;

import bulwark.gateway.control.posture.Observation.Severity;
import bulwark.gateway.control.posture.Observation.Verdict;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What scanners of others found in a tenant, as they report it, beside what is observed here: the newest report of each tool counts. */
final class ScanResource {
    static final AuditEventType INGESTED =
            ControlEvent.of("scan_ingested", "the findings of a scanner were stored", "tool", "findings");

    private static final String TOOL = "tool";
    private static final String FINDINGS = "findings";
    private static final int MAX_FINDINGS = 500;
    private static final int MAX_LISTED = 5_000;
    private static final int KEPT_SCANS = 100;
    private static final String[] SEVERITIES = {"critical", "high", "medium", "low"};
    private static final BodySchema FINDING = BodySchema.of("ScanFinding")
            .requiredText("id", 100)
            .requiredChoice("severity", SEVERITIES)
            .requiredText("title", 300)
            .text("resource", 300);
    private static final BodySchema DRAFT = BodySchema.of("ScanReport")
            .requiredText(TOOL, 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .objects(FINDINGS, MAX_FINDINGS, FINDING);
    private static final BodySchema VIEW = ObjectSchema.of("Scan", DRAFT);
    private static final BodySchema LISTED = BodySchema.of("SecurityFinding")
            .text("id", 100)
            .text("source", 63)
            .choice("severity", SEVERITIES)
            .text("title", 2_000)
            .text("resource", 300)
            .time("found_at");
    private static final BodySchema LIST =
            BodySchema.of("SecurityFindings").number("total", 0, MAX_LISTED).objects("items", MAX_LISTED, LISTED);

    private final ControlStore store;
    private final PostureObserver observer;

    ScanResource(ControlStore store, PostureObserver observer) {
        this.store = store;
        this.observer = observer;
    }

    List<ControlOperation> operations() {
        String all = "/v1/security/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "POST", all + "/ingest", Permission.APIS_UPDATE, "Report what a scanner found.")
                        .takes(DRAFT)
                        .answers(201, VIEW)
                        .handledBy(this::ingest),
                ControlOperation.permitted(
                                "GET", all + "/scans", Permission.SECURITY_READ, "List the reports of scanners.")
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "GET",
                                all + "/findings",
                                Permission.SECURITY_READ,
                                "List what is wrong now: what is observed, and the newest report of each scanner.")
                        .choice("severity", List.of(SEVERITIES))
                        .answers(200, LIST)
                        .handledBy(this::findings));
    }

    private Response ingest(ControlCall call) {
        ControlObject made = store.change(call.scope(), call.actor(), INGESTED, change -> {
            List<ControlObject> former = change.all(ObjectKind.SCAN, ObjectFilter.ALL);
            for (int i = 0; i <= former.size() - KEPT_SCANS; i++) {
                change.delete(former.get(i));
            }
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.putIfAbsent(FINDINGS, List.of());
            change.note(TOOL, call.text(TOOL));
            change.note(FINDINGS, call.body().get(FINDINGS) instanceof List<?> list ? list.size() : 0);
            return change.create(ObjectKind.SCAN, UuidV7.next(change.now()), "ingested", fields);
        });
        return Response.json(201, VIEW.view(made.members()));
    }

    private Response list(ControlCall call) {
        ObjectPage page = store.read(call.scope(), tx -> tx.page(ObjectKind.SCAN, ObjectFilter.ALL, call.page()));
        return Response.json(200, page.members(scan -> VIEW.view(scan.members())));
    }

    private Response findings(ControlCall call) {
        List<Map<String, Object>> items = new ArrayList<>();
        String now = store.clock().instant().toString();
        for (Observation observed : observer.observe(call.scope())) {
            if (observed.verdict() == Verdict.FAIL) {
                items.add(finding(observed.code(), "observed", observed.severity(), observed.sentence(), "", now));
            }
        }
        items.addAll(scanned(call.scope()));
        call.query("severity").ifPresent(severity -> items.removeIf(item -> !severity.equals(item.get("severity"))));
        return Response.json(200, Map.of("total", items.size(), "items", items));
    }

    private static Map<String, Object> finding(
            String id, String source, Severity severity, String title, String resource, String at) {
        Map<String, Object> finding = new LinkedHashMap<>();
        finding.put("id", id);
        finding.put("source", source);
        finding.put("severity", severity.name().toLowerCase(Locale.ROOT));
        finding.put("title", title);
        if (!resource.isEmpty()) {
            finding.put("resource", resource);
        }
        finding.put("found_at", at);
        return finding;
    }

    /** Of the newest report of each tool. */
    List<Map<String, Object>> scanned(TenantScope scope) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (ControlObject scan : store.read(scope, ScanResource::newest)) {
            for (Map<String, Object> each : scan.objects(FINDINGS)) {
                if (items.size() < MAX_LISTED / 2) {
                    items.add(finding(
                            String.valueOf(each.get("id")),
                            scan.text(TOOL),
                            severity(each),
                            String.valueOf(each.get("title")),
                            String.valueOf(each.getOrDefault("resource", "")),
                            scan.created().toString()));
                }
            }
        }
        return items;
    }

    private static Iterable<ControlObject> newest(TenantReader tx) throws SQLException {
        Map<String, ControlObject> byTool = new LinkedHashMap<>();
        tx.all(ObjectKind.SCAN, ObjectFilter.ALL).forEach(scan -> byTool.put(scan.text(TOOL), scan));
        return byTool.values();
    }

    private static Severity severity(Map<String, Object> finding) {
        return Severity.valueOf(String.valueOf(finding.get("severity")).toUpperCase(Locale.ROOT));
    }

    /** What the findings take off a score of a hundred. */
    double cost(TenantScope scope) {
        return scanned(scope).stream()
                .mapToDouble(finding -> severity(finding).cost())
                .sum();
    }
}
