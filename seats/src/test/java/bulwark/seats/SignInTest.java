package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.PasswordHash;
import bulwark.kernel.time.SettableClock;
import bulwark.web.LocalAdminClient;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class SignInTest {
    private static final String NEXT = "Qw8$kJz2!nVb6@yTm4%hR1";

    @TempDir
    static Path folder;

    private final SettableClock clock = SeatsUnderTest.CLOCK;
    private SeatsUnderTest seats;
    private SignedIn admin;

    /** Where the store is; empty for the file that the fixture names. */
    protected Map<String, String> database() {
        return Map.of();
    }

    /** Changes the store behind the back of the program. */
    protected void edit(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("seats.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private SeatsUnderTest started(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(database());
        settings.putAll(more);
        return SeatsUnderTest.start(folder, settings, clock);
    }

    @BeforeAll
    void start() throws Exception {
        SeatsUnderTest.deploy(folder, database());
        SeatsUnderTest.createAdmin(folder, database(), "root", SeatsUnderTest.PASSWORD);
        seats = started(Map.of());
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
    }

    @AfterAll
    void stop() {
        seats.close();
    }

    @Test
    void the_cookie_is_host_bound_secure_and_strict_also_on_loopback() throws Exception {
        HttpResponse<String> response = SignedIn.login(seats, "root", SeatsUnderTest.PASSWORD, "");
        assertThat(response.headers().allValues("Set-Cookie"))
                .filteredOn(cookie -> cookie.startsWith("__Host-csm_session="))
                .singleElement()
                .asString()
                .contains("; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
    }

    @Test
    void the_owner_makes_one_who_may_look_reads_the_log_and_gives_a_stakers_key() throws Exception {
        try (LocalAdminClient owner = SeatsUnderTest.owner(folder, database())) {
            assertThat(owner.post(
                                    "/owner/users/viewer",
                                    StrictJson.write(Map.of("username", "looker", "password", SeatsUnderTest.PASSWORD)))
                            .status())
                    .isEqualTo(201);
            SignedIn looker = SignedIn.open(seats, "looker", SeatsUnderTest.PASSWORD);
            assertThat(looker.get("/v1/seats").statusCode()).isEqualTo(200);
            assertThat(looker.get("/v1/audit-logs").statusCode()).isEqualTo(403);
            assertThat(looker.call("POST", "/v1/operators", Map.of("name", "x")).statusCode())
                    .isEqualTo(403);
            JsonNode newest = StrictJson.parse(
                            owner.post("/owner/audit-logs", new byte[0]).body())
                    .at("/items/0");
            JsonNode alone = StrictJson.parse(
                    owner.post("/owner/audit-logs/" + newest.path("seq").asLong(), new byte[0])
                            .body());
            assertThat(alone.path("hash")).isEqualTo(newest.path("hash"));
            assertThat(owner.post("/owner/dashboard/health", new byte[0]).status())
                    .isEqualTo(200);
            assertThat(owner.post("/owner/dashboard/alerts", new byte[0]).status())
                    .isEqualTo(200);
            assertThat(owner.post(
                                    "/owner/staker-keys",
                                    StrictJson.write(
                                            Map.of("label", "doctor", "addresses", List.of("0x" + "d0".repeat(20)))))
                            .status())
                    .isEqualTo(201);
        }
    }

    @Test
    void a_session_that_was_planted_before_ends_at_sign_in_and_the_token_is_new() throws Exception {
        SignedIn first = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        HttpResponse<String> again = SignedIn.login(seats, "root", SeatsUnderTest.PASSWORD, first.cookies());
        assertThat(SignedIn.cookies(again)).isNotEqualTo(first.cookies());
        assertThat(first.get("/v1/auth/me").statusCode()).isEqualTo(401);
        assertThat(SignedIn.of(seats, again).get("/v1/auth/me").statusCode()).isEqualTo(200);
    }

    @Test
    void a_change_needs_the_csrf_token_the_own_origin_and_json() throws Exception {
        Map<String, String> body = Map.of("name", "x");
        HttpRequest.Builder bare = admin.request("/v1/operators").header("Content-Type", "application/json");
        HttpResponse<String> without = seats.send(bare.copy().POST(SignedIn.body(body)));
        assertThat(without.statusCode()).isEqualTo(403);
        assertThat(SeatsUnderTest.code(without)).isEqualTo("CSRF_TOKEN_INVALID");
        assertThat(seats.send(bare.copy()
                                .header("X-CSRF-Token", admin.csrf() + "x")
                                .POST(SignedIn.body(body)))
                        .statusCode())
                .isEqualTo(403);
        for (List<String> foreign : List.of(
                List.of("Origin", "https://evil.example"),
                List.of("Origin", "null"),
                List.of("Sec-Fetch-Site", "cross-site"))) {
            assertThat(admin.call("POST", "/v1/operators", body, foreign.toArray(String[]::new))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(seats.send(HttpRequest.newBuilder(seats.uri("/v1/auth/login"))
                                    .headers(foreign.toArray(String[]::new))
                                    .header("Content-Type", "application/json")
                                    .POST(SignedIn.body(
                                            Map.of("username", "root", "password", SeatsUnderTest.PASSWORD))))
                            .statusCode())
                    .isEqualTo(403);
        }
        HttpResponse<String> plain = seats.send(admin.request("/v1/operators")
                .header("X-CSRF-Token", admin.csrf())
                .header("Content-Type", "text/plain")
                .POST(SignedIn.body(body)));
        assertThat(plain.statusCode()).isEqualTo(415);
    }

    @Test
    void guesses_from_one_place_delay_no_known_device() throws Exception {
        SignedIn device = seats.user(admin, "deva", "VIEWER");
        for (int i = 0; i < 5; i++) {
            assertThat(SignedIn.login(seats, "deva", "wrong-" + i, "").statusCode())
                    .isEqualTo(401);
        }
        HttpResponse<String> delayed = SignedIn.login(seats, "deva", SeatsUnderTest.PASSWORD, "");
        assertThat(delayed.statusCode()).isEqualTo(429);
        assertThat(delayed.headers().firstValue("Retry-After")).isPresent();
        assertThat(SignedIn.login(seats, "deva", SeatsUnderTest.PASSWORD, device.cookies())
                        .statusCode())
                .isEqualTo(200);
        assertThat(SignedIn.login(seats, "root", SeatsUnderTest.PASSWORD, "").statusCode())
                .isEqualTo(200);
        clock.advance(Duration.ofSeconds(31));
        assertThat(SignedIn.login(seats, "deva", SeatsUnderTest.PASSWORD, "").statusCode())
                .isEqualTo(200);
    }

    /** Each name is guessed once, so that no name with its address has to wait: the address has. */
    @Test
    void an_address_that_tries_many_names_has_to_wait_and_delays_nobody_else() throws Exception {
        clock.advance(Duration.ofMinutes(2));
        SignedIn device = seats.user(admin, "dora", "VIEWER");
        try (HttpClient guesser = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName("127.0.0.2"))
                .build()) {
            int looked = 0;
            HttpResponse<String> last = guess(guesser, "nobody-0", "");
            while (last.statusCode() == 401) {
                last = guess(guesser, "nobody-" + ++looked, "");
            }
            assertThat(looked).isEqualTo(30);
            assertThat(last.statusCode()).isEqualTo(429);
            long wait = Long.parseLong(last.headers().firstValue("Retry-After").orElseThrow());
            assertThat(wait).isBetween(1L, 70L);
            assertThat(guess(guesser, "dora", "").statusCode()).isEqualTo(429);
            assertThat(guess(guesser, "dora", device.cookies()).statusCode())
                    .as("a known device at the same address")
                    .isEqualTo(200);
            assertThat(SignedIn.login(seats, "root", SeatsUnderTest.PASSWORD, "")
                            .statusCode())
                    .as("another address")
                    .isEqualTo(200);
            clock.advance(Duration.ofSeconds(wait));
            assertThat(guess(guesser, "dora", "").statusCode()).isEqualTo(200);
        }
    }

    private HttpResponse<String> guess(HttpClient from, String name, String cookies) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(seats.uri("/v1/auth/login"))
                .header("Content-Type", "application/json")
                .POST(SignedIn.body(Map.of("username", name, "password", SeatsUnderTest.PASSWORD)));
        return from.send(
                (cookies.isEmpty() ? request : request.header("Cookie", cookies)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_password_change_ends_the_other_sessions_and_keeps_the_callers() throws Exception {
        SignedIn caller = seats.user(admin, "pat", "OPERATOR");
        SignedIn other = SignedIn.open(seats, "pat", SeatsUnderTest.PASSWORD);
        String path = "/v1/users/" + caller.userId() + "/password";
        assertThat(caller.call("POST", path, Map.of("currentPassword", "wrong", "newPassword", NEXT))
                        .statusCode())
                .isEqualTo(401);
        for (String weak : List.of("short", "password2024!", "xx-Password-2024-!!-yy-zz", SeatsUnderTest.PASSWORD)) {
            assertThat(caller.call(
                                    "POST",
                                    path,
                                    Map.of("currentPassword", SeatsUnderTest.PASSWORD, "newPassword", weak))
                            .statusCode())
                    .as(weak)
                    .isEqualTo(422);
        }

        assertThat(caller.call("POST", path, Map.of("currentPassword", SeatsUnderTest.PASSWORD, "newPassword", NEXT))
                        .statusCode())
                .isEqualTo(204);

        assertThat(caller.get("/v1/auth/me").statusCode()).isEqualTo(200);
        assertThat(other.get("/v1/auth/me").statusCode()).isEqualTo(401);
        assertThat(SignedIn.login(seats, "pat", SeatsUnderTest.PASSWORD, caller.cookies())
                        .statusCode())
                .isEqualTo(401);
        assertThat(SignedIn.login(seats, "pat", NEXT, "").statusCode()).isEqualTo(200);
    }

    @Test
    void a_change_of_role_ends_sessions_and_the_last_administrator_stays() throws Exception {
        SignedIn person = seats.user(admin, "rory", "OPERATOR");
        String path = "/v1/users/" + person.userId();
        assertThat(admin.call("PATCH", path, Map.of("role", "VIEWER")).statusCode())
                .isEqualTo(200);
        assertThat(person.get("/v1/auth/me").statusCode()).isEqualTo(401);
        HttpResponse<String> last = admin.call("PATCH", "/v1/users/" + admin.userId(), Map.of("role", "VIEWER"));
        assertThat(last.statusCode()).isEqualTo(409);
        assertThat(SeatsUnderTest.code(last)).isEqualTo("LAST_ADMIN");
    }

    @Test
    void a_published_password_leads_into_a_change_and_nowhere_else() throws Exception {
        SignedIn person = seats.user(admin, "publius", "ADMIN");
        seats.service().store().write(tx -> {
            try (var update = tx.statement("UPDATE users SET password_hash = ? WHERE id = ?")) {
                update.setString(1, PasswordHash.argon2id(SecretBytes.ofText("password")));
                update.setString(2, person.userId());
                update.executeUpdate();
            }
            return seats.service()
                    .store()
                    .audited()
                    .audit()
                    .guardedRows()
                    .append(
                            tx,
                            new bulwark.kernel.evidence.audit.AuditEvent("test", null, "default", null, null, Map.of()),
                            bulwark.seats.store.SeatStore.USERS,
                            person.userId());
        });
        HttpResponse<String> login = SignedIn.login(seats, "publius", "password", person.cookies());
        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(login.body()).contains("\"mustChangePassword\":true");
        SignedIn forced = SignedIn.of(seats, login);
        assertThat(forced.get("/v1/seats").statusCode()).isEqualTo(403);
        assertThat(forced.get("/v1/auth/me").statusCode()).isEqualTo(200);
    }

    @Test
    void a_row_that_somebody_wrote_into_the_file_makes_no_administrator() throws Exception {
        SignedIn person = seats.user(admin, "mallory", "VIEWER");
        edit("UPDATE users SET role = 'ADMIN' WHERE username = 'mallory'");
        assertThat(person.get("/v1/users").statusCode()).isEqualTo(401);
        edit("UPDATE users SET role = 'VIEWER' WHERE username = 'mallory'");
        assertThat(person.get("/v1/seats").statusCode()).isEqualTo(200);
    }

    @Test
    void twenty_equal_requests_make_one_seat_and_one_answer() throws Exception {
        admin.call("POST", "/v1/operators", Map.of("name", "Twenty"));
        Map<String, String> body = Map.of(
                "operatorId", "1",
                "pubkey", "0x" + "cd".repeat(48),
                "withdrawalCredentials", "0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<HttpResponse<String>> one =
                    () -> admin.call("POST", "/v1/seats", body, "Idempotency-Key", "twenty-equal-1");
            List<Future<HttpResponse<String>>> all =
                    threads.invokeAll(IntStream.range(0, 20).mapToObj(i -> one).toList());
            String answer = all.getFirst().get().body();
            int fresh = 0;
            for (Future<HttpResponse<String>> each : all) {
                assertThat(each.get().statusCode()).isEqualTo(201);
                assertThat(each.get().body()).isEqualTo(answer);
                fresh += each.get().headers().firstValue("Idempotency-Replayed").isEmpty() ? 1 : 0;
            }
            assertThat(fresh).isEqualTo(1);
        }
        Map<String, String> other = new java.util.HashMap<>(body);
        other.put("pubkey", "0x" + "ce".repeat(48));
        assertThat(SeatsUnderTest.code(admin.call("POST", "/v1/seats", other, "Idempotency-Key", "twenty-equal-1")))
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(SeatsUnderTest.code(admin.call("POST", "/v1/seats", other))).isEqualTo("IDEMPOTENCY_KEY_REQUIRED");
    }

    @Test
    void sessions_survive_a_restart_idle_ones_end_and_another_secret_ends_all() throws Exception {
        SignedIn kept = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        seats.close();
        seats = started(Map.of("SESSION_HMAC_SECRET", SeatsUnderTest.STEP_UP.replace('d', 'e')));
        assertThat(new SignedIn(seats, kept.userId(), kept.cookies(), "")
                        .get("/v1/auth/me")
                        .statusCode())
                .isEqualTo(401);
        seats.close();
        seats = started(Map.of());
        SignedIn back = new SignedIn(seats, kept.userId(), kept.cookies(), kept.csrf());
        assertThat(back.get("/v1/auth/me").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(31));
        assertThat(back.get("/v1/auth/me").statusCode()).isEqualTo(401);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
    }

    @Test
    void the_static_token_ends_at_its_sunset() throws Exception {
        seats.close();
        String end = clock.instant().plus(Duration.ofMinutes(1)).toString();
        seats = started(Map.of("SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET", end));
        HttpRequest.Builder request = HttpRequest.newBuilder(seats.uri("/v1/seats"))
                .header("Authorization", "Bearer " + SeatsUnderTest.ADMIN_TOKEN);
        clock.advance(Duration.ofSeconds(59));
        assertThat(seats.send(request.copy()).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        HttpResponse<String> late = seats.send(request.copy());
        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(SeatsUnderTest.code(late)).isEqualTo("STATIC_TOKEN_SUNSET");
        seats.close();
        seats = started(Map.of());
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
    }
}
