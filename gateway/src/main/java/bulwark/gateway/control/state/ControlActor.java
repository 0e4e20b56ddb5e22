package bulwark.gateway.control.state;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who changes something, for the audit row.
 *
 * @param entity of the principal
 * @param request how it came: method, path, address and id of the request; empty for the process itself
 */
public record ControlActor(String entity, Map<String, Object> request) {
    /** The members of an audit row that tell how a request came. */
    public static final String[] REQUEST_MEMBERS = {"method", "path", "remote", "request_id", "tenant"};

    public ControlActor {
        request = Map.copyOf(request);
    }

    public static ControlActor ofRequest(
            String entity, String tenant, String method, String path, String remote, String requestId) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("method", method);
        members.put("path", path);
        members.put("remote", remote);
        members.put("request_id", requestId);
        members.put("tenant", tenant);
        return new ControlActor(entity, members);
    }

    /** The process itself, or its owner over the local socket. */
    public static ControlActor ofProcess(String entity) {
        return new ControlActor(entity, Map.of());
    }
}
