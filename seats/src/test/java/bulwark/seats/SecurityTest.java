package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.route.SeatRoute;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The four controls of the audit, under the names that the runbook gives their tests, and their siblings: every route with every credential through every prefix. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class SecurityTest {
    private static final String WALLET = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    private static final String OTHER_WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    private static final List<String> PREFIXES = List.of("", "/api/mainnet", "/api/centurion", "/api/seat-manager");
    private static final Map<String, Object> GENERATE = Map.of("operatorId", "1", "beneficiary", WALLET);

    @TempDir
    static Path folder;

    private SeatsUnderTest seats;
    private SignedIn admin;
    private SignedIn operator;
    private SignedIn viewer;
    private String stakerKey = "";
    private String otherKey = "";

    @BeforeAll
    void start() throws Exception {
        SeatsUnderTest.deploy(folder);
        assertThat(SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD))
                .isEqualTo(201);
        seats = SeatsUnderTest.start(
                folder, Map.of("SEAT_MANAGER_STEP_UP_EXTRA_ACTIONS", "revoke"), SeatsUnderTest.CLOCK);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        operator = seats.user(admin, "olga", "OPERATOR");
        viewer = seats.user(admin, "viktor", "VIEWER");
        stakerKey = key(WALLET);
        otherKey = key(OTHER_WALLET);
        assertThat(operator.call("POST", "/v1/operators", Map.of("name", "North"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(create(operator, pubkey(1), "first-seat-0001").statusCode()).isEqualTo(201);
        seats.service().store().write(tx -> {
            try (var update = tx.statement("UPDATE seats SET beneficiary = ? WHERE id = 1")) {
                update.setString(1, WALLET);
                return update.executeUpdate();
            }
        });
    }

    @AfterAll
    void stop() {
        seats.close();
    }

    @Test
    @DisplayName("CSM-01 regression: POST /v1/seats/generate rejects caller treasury override")
    void generate_rejects_treasury() throws Exception {
        int before = seatCount();
        for (String prefix : PREFIXES) {
            Map<String, Object> body = new HashMap<>(GENERATE);
            body.put("treasury", WALLET);
            HttpResponse<String> response = admin.call(
                    "POST",
                    prefix + "/v1/seats/generate",
                    body,
                    "X-Step-Up-Token",
                    admin.stepUp("generate", ""),
                    "Idempotency-Key",
                    "csm-01-generate");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("\"body.treasury\"");
        }
        assertThat(seatCount()).isEqualTo(before);
        seats.service().store().audited().audit().flush();
        assertThat(admin.get("/v1/audit-logs?action=request_refused").body()).contains("/v1/seats/generate");
    }

    @Test
    @DisplayName(
            "CSM-01 regression: no route takes a treasury, in the body, nested, in another case, twice or in the query")
    void no_route_takes_treasury() throws Exception {
        for (SeatRoute route : seats.service().api().table()) {
            if (!route.method().equals("POST") || !route.path().startsWith("/v1/seats")) {
                continue;
            }
            String path = concrete(route.path());
            for (String json : List.of(
                    "{\"treasury\":\"" + WALLET + "\"}",
                    "{\"Treasury\":\"" + WALLET + "\"}",
                    "{\"vault\":{\"treasury\":\"" + WALLET + "\"}}",
                    "{\"treasury\":\"" + WALLET + "\",\"treasury\":\"" + WALLET + "\"}")) {
                assertThat(raw(admin, route, path, json).statusCode())
                        .as(path + " " + json)
                        .isEqualTo(400);
            }
            HttpResponse<String> query = raw(admin, route, path + "?treasury=" + WALLET, "{}");
            assertThat(query.statusCode()).as(path).isEqualTo(400);
            assertThat(query.body()).contains("query.treasury");
        }
    }

    @Test
    @DisplayName("CSM-02 regression: POST /v1/seats/generate requires step-up for session admins")
    void generate_requires_step_up() throws Exception {
        int before = seatCount();
        HttpResponse<String> response =
                admin.call("POST", "/v1/seats/generate", GENERATE, "Idempotency-Key", "csm-02-generate");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(SeatsUnderTest.code(response)).isEqualTo("STEP_UP_REQUIRED");
        assertThat(seatCount()).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "CSM-02 regression: a token works for its user, session, action and seat alone, and the static token never")
    void step_up_is_bound() throws Exception {
        for (SeatRoute route : seats.service().api().table()) {
            String action = route.action();
            if (action == null) {
                continue;
            }
            String path = concrete(route.path());
            String resource = route.path().contains("{id}") ? "1" : "";
            String good = admin.stepUp(action, resource);
            SignedIn elsewhere = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
            Map<String, String> refused = new TreeMap<>(Map.of(
                    "none",
                    "",
                    "forged",
                    good.substring(0, good.length() - 4) + "AAAA",
                    "malformed",
                    "su1.x",
                    "other session",
                    elsewhere.stepUp(action, resource),
                    "other action",
                    admin.stepUp(action + "-x", resource),
                    "other resource",
                    admin.stepUp(action, "2")));
            refused.forEach((why, token) ->
                    assertThat(status(admin, path, token)).as(path + " " + why).isEqualTo(403));
            assertThat(status(operator, path, good)).as(path).isEqualTo(403);
            assertThat(status(viewer, path, good)).as(path).isEqualTo(403);
            for (String token : List.of("", good)) {
                HttpResponse<String> fixed = seats.send(HttpRequest.newBuilder(seats.uri(path))
                        .header("Authorization", "Bearer " + SeatsUnderTest.ADMIN_TOKEN)
                        .header("X-Step-Up-Token", token.isEmpty() ? "x" : token)
                        .header("Idempotency-Key", "static-token-1")
                        .header("Content-Type", "application/json")
                        .POST(SignedIn.body(Map.of())));
                assertThat(fixed.statusCode()).as(path).isEqualTo(403);
                assertThat(SeatsUnderTest.code(fixed)).isEqualTo("STATIC_TOKEN_NOT_ALLOWED");
            }
            // A good token gets as far as the schema.
            assertThat(status(admin, path, good)).as(path).isEqualTo(400);
        }
    }

    @Test
    @DisplayName("CSM-02 regression: a token is used once, expires, and ends with its session")
    void step_up_ends() throws Exception {
        assertThat(create(admin, pubkey(7), "seat-for-revoke").statusCode()).isEqualTo(201);
        String id = SeatsUnderTest.json(admin.get("/v1/seats?validator_pubkey=" + pubkey(7)))
                .path("items")
                .get(0)
                .path("id")
                .asString();
        String path = "/v1/seats/" + id + "/revoke";
        String token = admin.stepUp("revoke", id);
        String late = admin.stepUp("revoke", id);
        SignedIn leaving = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        String orphan = leaving.stepUp("revoke", id);
        Map<String, Object> body = Map.of("reason", "test");

        assertThat(leaving.call("POST", "/v1/auth/logout", Map.of()).statusCode())
                .isEqualTo(204);
        assertThat(leaving.call("POST", path, body, "X-Step-Up-Token", orphan, "Idempotency-Key", "revoke-0")
                        .statusCode())
                .isEqualTo(401);
        assertThat(admin.call("POST", path, body, "X-Step-Up-Token", token, "Idempotency-Key", "revoke-01")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> replayed =
                admin.call("POST", path, body, "X-Step-Up-Token", token, "Idempotency-Key", "revoke-02");
        assertThat(replayed.statusCode()).isEqualTo(403);
        assertThat(SeatsUnderTest.code(replayed)).isEqualTo("STEP_UP_INVALID");
        SeatsUnderTest.CLOCK.advance(Duration.ofSeconds(301));
        assertThat(admin.call("POST", path, body, "X-Step-Up-Token", late, "Idempotency-Key", "revoke-03")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("CSM-03 regression: GET /v1/audit-logs rejects VIEWER")
    void audit_logs_reject_viewer() throws Exception {
        assertThat(viewer.get("/v1/audit-logs").statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName(
            "CSM-03 regression: global audit and dashboard reads are for administrators, by every spelling of the path")
    void global_reads_are_for_admins() throws Exception {
        for (String path : List.of(
                "/v1/audit-logs",
                "/v1/audit-logs/1",
                "/v1/audit-logs/export",
                "/v1/dashboard/health",
                "/v1/dashboard/alerts")) {
            for (String prefix : PREFIXES) {
                assertThat(viewer.get(prefix + path).statusCode()).isEqualTo(403);
                assertThat(operator.get(prefix + path).statusCode()).isEqualTo(403);
                assertThat(seats.get(prefix + path).statusCode()).isEqualTo(401);
                assertThat(admin.get(prefix + path).statusCode()).as(path).isEqualTo(200);
            }
            for (String odd : List.of(
                    path + "/",
                    path.toUpperCase(Locale.ROOT),
                    "/v1//" + path.substring(4),
                    "/v1/%2e%2e/v1" + path.substring(3),
                    "/api/mainnet/api/mainnet" + path,
                    "/v1%2f" + path.substring(4))) {
                assertThat(viewer.get(odd).statusCode()).as(odd).isIn(400, 403, 404);
            }
            HttpResponse<String> head =
                    seats.send(viewer.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isIn(403, 405);
        }
        assertThat(viewer.get("/v1/dashboard/summary").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("CSM-04 regression: /v1/validator/:pubkey requires X-Staker-Address")
    void validator_requires_staker_address() throws Exception {
        HttpResponse<String> response = staker(stakerKey, "/v1/validator/" + pubkey(1));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(SeatsUnderTest.code(response)).isEqualTo("STAKER_ADDRESS_REQUIRED");
    }

    @Test
    @DisplayName(
            "CSM-04 regression: a key reads the validators of its own wallet alone, and what is another's looks like nothing")
    void staker_reads_are_bound() throws Exception {
        for (String prefix : PREFIXES) {
            for (String tail : List.of("", "/events")) {
                String path = prefix + "/v1/validator/" + pubkey(1) + tail;
                assertThat(staker(stakerKey, path, WALLET).statusCode())
                        .as(path)
                        .isEqualTo(200);
                assertThat(staker(
                                        stakerKey,
                                        path,
                                        WALLET.toUpperCase(Locale.ROOT).replace("0X", "0x"))
                                .statusCode())
                        .isEqualTo(200);
                HttpResponse<String> unknown = staker(stakerKey, prefix + "/v1/validator/" + pubkey(9) + tail, WALLET);
                for (HttpResponse<String> hidden : List.of(
                        unknown,
                        staker(stakerKey, path, OTHER_WALLET),
                        staker(otherKey, path, WALLET),
                        staker(otherKey, path, OTHER_WALLET))) {
                    assertThat(hidden.statusCode()).isEqualTo(404);
                    assertThat(withoutId(hidden)).isEqualTo(withoutId(unknown));
                }
                assertThat(staker(stakerKey, path, WALLET, WALLET).statusCode()).isEqualTo(400);
                assertThat(staker(stakerKey, path, "0x12").statusCode()).isEqualTo(400);
                assertThat(staker("", path, WALLET).statusCode()).isEqualTo(401);
                assertThat(staker("smk_wrong", path, WALLET).statusCode()).isEqualTo(401);
                assertThat(staker(SeatsUnderTest.ADMIN_TOKEN, path, WALLET).statusCode())
                        .isEqualTo(401);
            }
        }
        assertThat(staker(stakerKey, "/v1/validators/" + WALLET, WALLET).statusCode())
                .isEqualTo(200);
        assertThat(staker(stakerKey, "/v1/validators/" + OTHER_WALLET, WALLET).statusCode())
                .isEqualTo(404);
        assertThat(admin.get("/v1/validator/" + pubkey(1)).statusCode()).isEqualTo(200);
        assertThat(viewer.get("/v1/validator/" + pubkey(1)).statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("CSM-04 regression: a revoked key reads nothing")
    void a_revoked_key_reads_nothing() throws Exception {
        HttpResponse<String> made =
                admin.call("POST", "/v1/staker-keys", Map.of("label", "x", "addresses", List.of(WALLET)));
        String key = SeatsUnderTest.json(made).path("key").asString();
        String path = "/v1/validator/" + pubkey(1);
        assertThat(staker(key, path, WALLET).statusCode()).isEqualTo(200);

        String id = SeatsUnderTest.json(made).path("id").asString();
        assertThat(seats.send(admin.request("/v1/staker-keys/" + id)
                                .header("X-CSRF-Token", admin.csrf())
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);

        assertThat(staker(key, path, WALLET).statusCode()).isEqualTo(401);
    }

    /** Without it the matrix would say nothing of a route that nobody thought of. */
    @Test
    void every_route_refuses_every_credential_that_it_does_not_name() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (SeatRoute route : seats.service().api().table()) {
            for (String prefix : PREFIXES) {
                String path = prefix + concrete(route.path());
                for (String credential : List.of("none", "VIEWER", "OPERATOR", "static", "staker", "unknown")) {
                    SignedIn person = credential.equals("VIEWER") ? viewer : operator;
                    if (route.path().equals("/v1/auth/logout") && credential.equals("VIEWER")) {
                        person = SignedIn.open(seats, "viktor", SeatsUnderTest.PASSWORD);
                    } else if (route.path().equals("/v1/auth/logout") && credential.equals("OPERATOR")) {
                        person = SignedIn.open(seats, "olga", SeatsUnderTest.PASSWORD);
                    }
                    int status = seats.send(with(credential, person, HttpRequest.newBuilder(seats.uri(path)))
                                    .method(route.method(), HttpRequest.BodyPublishers.noBody()))
                            .statusCode();
                    boolean reached = status != 401 && status != 403;
                    if (reached != mayReach(route, credential)) {
                        wrong.add(route.method() + " " + path + " " + credential + " → " + status);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Written anew, from the table's declaration alone. */
    private static boolean mayReach(SeatRoute route, String credential) {
        if (route.callers() == SeatRoute.Callers.ANYBODY) {
            return true;
        }
        List<String> order = List.of("VIEWER", "OPERATOR", "ADMIN");
        String role = route.role();
        return switch (credential) {
            case "VIEWER", "OPERATOR" -> {
                boolean session = route.callers() != SeatRoute.Callers.STAKER;
                yield session && (role == null || order.indexOf(credential) >= order.indexOf(role));
            }
            case "static" -> route.callers() == SeatRoute.Callers.ADMINISTRATION && route.action() == null;
            case "staker" -> route.callers() == SeatRoute.Callers.STAKER;
            default -> false;
        };
    }

    private HttpRequest.Builder with(String credential, SignedIn person, HttpRequest.Builder request) {
        return switch (credential) {
            case "VIEWER", "OPERATOR" ->
                request.header("Cookie", person.cookies()).header("X-CSRF-Token", person.csrf());
            case "static" -> request.header("Authorization", "Bearer " + SeatsUnderTest.ADMIN_TOKEN);
            case "staker" -> request.header("Authorization", "Bearer " + stakerKey);
            case "unknown" -> request.header("Authorization", "Bearer nobody-has-this-token-0123456789abcdef");
            default -> request;
        };
    }

    private int seatCount() throws Exception {
        return SeatsUnderTest.json(admin.get("/v1/seats")).path("items").size();
    }

    private int status(SignedIn caller, String path, String token) {
        try {
            List<String> headers = new ArrayList<>(List.of("Idempotency-Key", "matrix-0001"));
            if (!token.isEmpty()) {
                headers.addAll(List.of("X-Step-Up-Token", token));
            }
            return caller.call("POST", path, Map.of("nothing", "known"), headers.toArray(String[]::new))
                    .statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> raw(SignedIn caller, SeatRoute route, String path, String json) throws Exception {
        HttpRequest.Builder request = caller.request(path)
                .header("X-CSRF-Token", caller.csrf())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "raw-request-1")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        String action = route.action();
        if (action != null) {
            request.header("X-Step-Up-Token", caller.stepUp(action, route.path().contains("{id}") ? "1" : ""));
        }
        return seats.send(request);
    }

    private HttpResponse<String> staker(String key, String path, String... wallets) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(seats.uri(path));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        for (String wallet : wallets) {
            request.header("X-Staker-Address", wallet);
        }
        return seats.send(request);
    }

    private String key(String wallet) throws Exception {
        HttpResponse<String> made =
                admin.call("POST", "/v1/staker-keys", Map.of("label", "staker", "addresses", List.of(wallet)));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return SeatsUnderTest.json(made).path("key").asString();
    }

    private static HttpResponse<String> create(SignedIn caller, String pubkey, String key) throws Exception {
        return caller.call(
                "POST",
                "/v1/seats",
                Map.of(
                        "operatorId", "1",
                        "pubkey", pubkey,
                        "withdrawalCredentials", "0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9"),
                "Idempotency-Key",
                key);
    }

    private static String pubkey(int number) {
        return "0x" + "ab".repeat(47) + "%02x".formatted(number);
    }

    private static String concrete(String path) {
        return path.replace("{id}", "1").replace("{address}", WALLET).replace("{pubkey}", pubkey(1));
    }

    private static String withoutId(HttpResponse<String> response) {
        return response.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
    }
}
