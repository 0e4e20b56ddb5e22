package bulwark.seats.chain;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.RpcFailed.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/** JSON-RPC 2.0 over HTTP with one client: one deadline for the whole answer, and a bound on its size. Redirects are not followed. Thread-safe. */
public final class JsonRpcClient implements AutoCloseable {
    /** Code of an error whose call reverted, as execution clients agree. */
    private static final long REVERTED = 3;

    private static final int MAX_REVERT_TEXT = 8_194;

    private final EndpointClient http;
    private final AtomicLong nextId = new AtomicLong(1);

    /** @param timeout from the request to the last byte of the answer */
    public JsonRpcClient(RpcEndpoint endpoint, Duration timeout) {
        this.http = new EndpointClient(endpoint, timeout);
    }

    public String label() {
        return http.label();
    }

    /** The member {@code result}, which may be JSON's null. @throws RpcFailed with what was odd */
    public JsonNode call(String method, Object... parameters) {
        long id = nextId.getAndIncrement();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("jsonrpc", "2.0");
        request.put("id", id);
        request.put("method", method);
        request.put("params", List.of(parameters));
        return result(method, id, http.post(method, "", StrictJson.write(request)));
    }

    /** For a fuzz target: what is made of the bytes of an answer. */
    JsonNode result(String method, long id, byte[] answer) {
        JsonNode json;
        try {
            json = StrictJson.parse(answer);
        } catch (StrictJson.JsonRefused e) {
            throw failed(method, Kind.NOT_JSON, "no strict JSON");
        }
        if (!json.isObject()
                || !json.path("id").isIntegralNumber()
                || !json.path("id").canConvertToLong()
                || json.path("id").longValue() != id) {
            throw failed(method, Kind.NOT_AN_ANSWER, "no object with the id of the request");
        }
        JsonNode error = json.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw error(method, error);
        }
        if (!json.has("result")) {
            throw failed(method, Kind.NOT_AN_ANSWER, "neither result nor error");
        }
        return json.get("result");
    }

    private RpcFailed error(String method, JsonNode error) {
        String message =
                error.path("message").isString() ? error.path("message").stringValue() : "an error without words";
        boolean reverted = error.path("code").asLong(0) == REVERTED || message.startsWith("execution reverted");
        if (!reverted) {
            return failed(method, Kind.ERROR, message);
        }
        String data = error.path("data").asString("");
        boolean sound = data.length() <= MAX_REVERT_TEXT && data.matches("0x([0-9a-fA-F]{2})*");
        return new RpcFailed(http.label(), method, Kind.REVERTED, message, sound ? data : "0x");
    }

    RpcFailed failed(String method, Kind kind, String detail) {
        return http.failed(method, kind, detail);
    }

    @Override
    public void close() {
        http.close();
    }
}
