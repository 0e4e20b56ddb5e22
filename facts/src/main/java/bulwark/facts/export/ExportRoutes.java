package bulwark.facts.export;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.INVALID;

import bulwark.facts.FactsAuditTables;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.export.AuditExport;
import bulwark.kernel.evidence.export.ExportRefused;
import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The owner's way to an export of a running node: written to a file that the command then reads, so that no size matters. */
public final class ExportRoutes {
    private final AuditExport export;

    public ExportRoutes(AuditExport export) {
        this.export = export;
    }

    public List<Route> routes() {
        return List.of(Route.owner("POST", "/local/audit/export", this::export));
    }

    /** {@code {"table": …, "since_seq": 0, "out": "<absolute path of a new file>"}}. */
    private Response export(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String name = body.text("table");
        String out = body.text("out", 1, 4096);
        long since = body.wholeNumber("since_seq", 0, 0, Long.MAX_VALUE);
        body.check();
        AuditTable table = FactsAuditTables.of(name)
                .orElseThrow(() ->
                        new ApiRefusal(INVALID, "unknown_table", "table must be fact_audit_log or federation_audit"));
        if (!Path.of(out).isAbsolute()) {
            throw new ApiRefusal(INVALID, "relative_path", "out must be an absolute path");
        }
        try {
            AuditExport.Exported exported = export.export(table, since, Path.of(out));
            return Response.json(201, Map.of("file", exported.file().toString(), "footer", exported.footer()));
        } catch (ExportRefused e) {
            throw new ApiRefusal(CONFLICT, "export_refused", String.valueOf(e.getMessage()));
        }
    }
}
