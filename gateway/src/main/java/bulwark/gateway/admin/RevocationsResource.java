package bulwark.gateway.admin;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.time.Timestamps;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /admin/revocations}: orders to accept no token of an id, a subject or a client: {@code {jti | sub | client_id, until}}; taken back by the same member in the query. */
final class RevocationsResource {
    private static final String TENANT = "default";
    private static final String ONE = "jti, sub or client_id must be given, and one of them alone";
    private static final int MAX_VALUE = 256;
    private static final Duration DEFAULT_DURATION = Duration.ofDays(1);

    private final TokenRevocationRows rows;
    private final AdminEvidence evidence;
    private final Clock clock;

    RevocationsResource(TokenRevocationRows rows, AdminEvidence evidence, Clock clock) {
        this.rows = rows;
        this.evidence = evidence;
        this.clock = clock;
    }

    private record Order(Claim claim, String value, Instant until) {}

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/revocations", this::list),
                evidence.act("POST", "/admin/revocations", this::revoke),
                evidence.act("DELETE", "/admin/revocations", this::remove));
    }

    private Response list(Request request) {
        return Response.json(
                200, rows.list().stream().map(RevocationsResource::fields).toList());
    }

    private static Map<String, Object> fields(TokenRevocation order) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(order.claim().wireName(), order.value());
        fields.put("until", Timestamps.zulu(order.until()));
        return fields;
    }

    private Response revoke(Request request) {
        Order order = order(request);
        TokenRevocation revocation = new TokenRevocation(order.claim(), order.value(), order.until());
        try {
            rows.revoke(revocation, AdminTokenAuthenticator.ACTOR, TENANT);
        } catch (IllegalArgumentException e) {
            throw AdminRefused.invalid(List.of(String.valueOf(e.getMessage())));
        }
        return Response.json(201, fields(revocation));
    }

    private Response remove(Request request) {
        List<Claim> claims = Arrays.stream(Claim.values())
                .filter(claim -> request.query(claim.wireName()).isPresent())
                .toList();
        if (claims.size() != 1) {
            throw AdminRefused.invalid(List.of(ONE));
        }
        Claim claim = claims.getFirst();
        String value = request.query(claim.wireName()).orElse("");
        if (!rows.remove(claim, value, AdminTokenAuthenticator.ACTOR, TENANT)) {
            throw AdminRefused.of(404, "There is no such revocation.");
        }
        return Response.noContent();
    }

    private Order order(Request request) {
        List<String> faults = new ArrayList<>();
        JsonFields fields = AdminDocument.fields(request, faults);
        List<Claim> claims = new ArrayList<>();
        String value = "";
        for (Claim claim : Claim.values()) {
            if (fields.has(claim.wireName())) {
                claims.add(claim);
                value = fields.text(claim.wireName(), MAX_VALUE);
            }
        }
        if (claims.size() != 1) {
            faults.add(ONE);
        }
        Instant until = until(fields);
        AdminDocument.end(fields, faults);
        return new Order(claims.getFirst(), value, until);
    }

    private Instant until(JsonFields fields) {
        String text = fields.optionalText("until", 40);
        if (text == null) {
            return clock.instant().plus(DEFAULT_DURATION);
        }
        Optional<Instant> until = Timestamps.parse(text);
        if (until.isEmpty()) {
            fields.fault("until", "must be a time such as 2026-12-01T00:00:00Z");
        }
        return until.orElse(Instant.EPOCH);
    }
}
