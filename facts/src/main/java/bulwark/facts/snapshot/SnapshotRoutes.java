package bulwark.facts.snapshot;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.INVALID;

import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The owner's way to a snapshot of a running node. */
public final class SnapshotRoutes {
    private final Snapshots snapshots;

    public SnapshotRoutes(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    public List<Route> routes() {
        return List.of(Route.owner("POST", "/local/snapshot/create", this::create));
    }

    /** {@code {"out": "<absolute path of a new file or of a directory>"}}. */
    private Response create(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String out = body.text("out", 1, 4096);
        body.check();
        if (!Path.of(out).isAbsolute()) {
            throw new ApiRefusal(INVALID, "relative_path", "out must be an absolute path");
        }
        try {
            Snapshots.Created created = snapshots.create(Path.of(out));
            return Response.json(
                    201,
                    Map.of(
                            "file", created.file().toString(),
                            "manifest", created.manifest().members()));
        } catch (SnapshotRefused e) {
            throw new ApiRefusal(CONFLICT, "snapshot_refused", String.valueOf(e.getMessage()));
        }
    }
}
