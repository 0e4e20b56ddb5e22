package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.PostgresServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two services with folders of their own on one database. */
@Timeout(300)
class TwoProcessesTest {
    private final SeatDatabase database = new SeatDatabase(PostgresServer.shared());

    @TempDir
    Path left;

    @TempDir
    Path right;

    private SeatsUnderTest first;
    private SeatsUnderTest second;

    @BeforeEach
    void start() {
        SeatsUnderTest.deploy(left, database.settings());
        SeatsUnderTest.createAdmin(left, database.settings(), "root", SeatsUnderTest.PASSWORD);
        first = SeatsUnderTest.start(left, database.settings(), SeatsUnderTest.CLOCK);
        second = SeatsUnderTest.start(right, database.settings(), SeatsUnderTest.CLOCK);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void a_change_of_role_at_one_ends_sessions_at_the_other() throws Exception {
        SignedIn admin = SignedIn.open(first, "root", SeatsUnderTest.PASSWORD);
        SignedIn person = first.user(admin, "rory", "OPERATOR");
        SignedIn elsewhere = at(second, person);
        assertThat(elsewhere.get("/v1/auth/me").statusCode()).isEqualTo(200);

        admin.call("PATCH", "/v1/users/" + person.userId(), Map.of("role", "VIEWER"));

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> elsewhere.get("/v1/auth/me").statusCode() == 401);
    }

    @Test
    void equal_requests_at_both_make_one_seat_and_one_answer() throws Exception {
        SignedIn admin = SignedIn.open(first, "root", SeatsUnderTest.PASSWORD);
        SignedIn twin = at(second, admin);
        admin.call("POST", "/v1/operators", Map.of("name", "Two"));
        Map<String, String> body = Map.of(
                "operatorId", "1",
                "pubkey", "0x" + "ab".repeat(48),
                "withdrawalCredentials", "0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9");
        List<String> answers = new ArrayList<>();
        int fresh = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                SignedIn one = i % 2 == 0 ? admin : twin;
                all.add(threads.submit(() -> one.call("POST", "/v1/seats", body, "Idempotency-Key", "equal-at-both")));
            }
            for (Future<HttpResponse<String>> each : all) {
                assertThat(each.get().statusCode()).as(each.get().body()).isEqualTo(201);
                answers.add(each.get().body());
                fresh += each.get().headers().firstValue("Idempotency-Replayed").isEmpty() ? 1 : 0;
            }
        }
        assertThat(answers).hasSize(20).containsOnly(answers.getFirst());
        assertThat(fresh).isEqualTo(1);
        HttpResponse<String> list = admin.get("/v1/seats");
        assertThat(list.statusCode()).as(list.body()).isEqualTo(200);
        assertThat(SeatsUnderTest.json(list).path("items").size()).isEqualTo(1);
    }

    private static SignedIn at(SeatsUnderTest other, SignedIn browser) {
        return new SignedIn(other, browser.userId(), browser.cookies(), browser.csrf());
    }
}
