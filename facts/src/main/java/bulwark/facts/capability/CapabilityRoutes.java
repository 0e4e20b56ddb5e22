package bulwark.facts.capability;

import static bulwark.web.ApiRefusal.Kind.INVALID;

import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The wire of capability tokens. Source of paths, codes and sentences: Stigmem spec-06. */
public final class CapabilityRoutes {
    private static final String BASE = "/v1/federation/capability-tokens";
    private static final String ISSUE = "token_issue";
    private static final long DEFAULT_TTL_SECONDS = 3600;
    private static final int MAX_REASON = 1024;

    private final CapabilityService capabilities;
    private final CapabilityVerifier verifier;

    public CapabilityRoutes(CapabilityService capabilities, CapabilityVerifier verifier) {
        this.capabilities = capabilities;
        this.verifier = verifier;
    }

    public List<Route> routes() {
        return List.of(
                Route.permitted("POST", BASE, "write", ISSUE, this::issue),
                // Verifying is reading: were it charged as issuing, twenty checks in a row would lock a caller out.
                Route.permitted("POST", BASE + "/verify", "read", "fact_read", this::verify),
                Route.permitted("POST", BASE + "/{id}/revoke", "write", ISSUE, this::revoke));
    }

    private Response issue(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        CapabilityRequest grant = new CapabilityRequest(
                string(body, "issuer"),
                string(body, "subject"),
                string(body, "verb"),
                string(body, "object"),
                ttl(body));
        CapabilityToken token = capabilities.issue(request.principal(), grant);
        Map<String, Object> answer = new LinkedHashMap<>();
        for (String member :
                List.of("token_id", "issuer", "subject", "verb", "object", "issued_at", "expiry", "nonce", "key_id")) {
            answer.put(member, token.text(member));
        }
        answer.put("token_json", token.json());
        return Response.json(201, answer);
    }

    private Response verify(Request request) {
        String token = string(RequestBody.parse(request.body()), "token_json");
        if (token.isEmpty()) {
            throw new ApiRefusal(INVALID, "token_required", "token_json is required");
        }
        CapabilityVerifier.Verdict verdict = verifier.verify(request.principal(), token);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("valid", verdict == CapabilityVerifier.Verdict.VALID);
        if (verdict != CapabilityVerifier.Verdict.VALID) {
            answer.put("reason", verdict.wire());
        }
        return Response.json(200, answer);
    }

    private Response revoke(Request request) {
        String id = request.pathParameter("id");
        String reason = request.body().length == 0 ? "" : reason(RequestBody.parse(request.body()));
        String at = capabilities.revoke(request.principal(), id, reason);
        return Response.json(200, Map.of("token_id", id, "revoked_at", at, "status", "revoked"));
    }

    private static String reason(RequestBody body) {
        Optional<String> reason = body.optionalText("reason", 0, MAX_REASON);
        body.check();
        return reason.orElse("");
    }

    /** Absent and null read as empty; another type is the caller's fault. */
    private static String string(RequestBody body, String field) {
        Optional<String> text = body.optionalText(field);
        body.check();
        return text.orElse("");
    }

    private static long ttl(RequestBody body) {
        Optional<JsonNode> ttl = body.raw("ttl_seconds");
        if (ttl.isEmpty()) {
            return DEFAULT_TTL_SECONDS;
        }
        JsonNode node = ttl.get();
        if (!node.isIntegralNumber()) {
            body.error("int_parsing", "ttl_seconds", "Input should be a valid integer");
            body.check();
        }
        return node.canConvertToLong()
                ? node.longValue()
                : node.bigIntegerValue().signum() * Long.MAX_VALUE;
    }
}
