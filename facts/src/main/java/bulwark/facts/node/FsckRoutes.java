package bulwark.facts.node;

import bulwark.facts.chain.FactFsck;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Walks everything durable for the owner: the file, the facts and their chains, both audit tables, the log. Changes nothing. */
final class FsckRoutes {
    private final NodeCore core;

    FsckRoutes(NodeCore core) {
        this.core = core;
    }

    List<Route> routes() {
        return List.of(Route.owner("POST", "/local/fsck", this::fsck));
    }

    private Response fsck(Request request) {
        core.audit.flush();
        List<String> problems = new ArrayList<>(core.store.integrityCheck());
        problems.addAll(core.store.read(tx -> FactFsck.check(tx, core.localLog())));
        problems.addAll(core.store.read(core.audit::fsck));
        problems.addAll(core.store.read(core.federationAudit::fsck));
        problems.addAll(core.log.fsck());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("problems", problems);
        answer.put(
                "checked",
                List.of(
                        "the store file " + core.file,
                        "facts, journal, chain, content ids, conflicts and checkpoints",
                        "fact_audit_log and federation_audit",
                        "the transparency log (" + core.log.backend() + ")"));
        return Response.json(200, answer);
    }
}
