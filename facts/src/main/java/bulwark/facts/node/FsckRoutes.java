package bulwark.facts.node;

import bulwark.kernel.evidence.store.Fsck;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says to the owner how a running node is: at once, or by a walk of everything durable. Changes nothing. */
final class FsckRoutes {
    private final NodeCore core;

    FsckRoutes(NodeCore core) {
        this.core = core;
    }

    List<Route> routes() {
        return List.of(
                Route.owner("POST", "/local/health", request -> health()),
                Route.owner("POST", "/local/fsck", this::fsck));
    }

    private Response health() {
        String problem = core.evidenceProblem();
        return problem == null
                ? Response.json(200, Map.of("status", "ok"))
                : Response.json(503, Map.of("status", "unhealthy", "code", "evidence_failed", "message", problem));
    }

    private Response fsck(Request request) {
        Fsck fsck =
                NodeFsck.of(core.store, core.file, core.log.backend(), core.log::fsck, () -> core.heads.check(true));
        if (core.configuredLog().isRekor()) {
            core.configuredLog().addRekor(fsck, core.store, core.log, core.heads::checkLog);
        }
        Fsck.Report report = fsck.run();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("problems", report.sentences());
        answer.put("checked", report.checked());
        return Response.json(200, answer);
    }
}
