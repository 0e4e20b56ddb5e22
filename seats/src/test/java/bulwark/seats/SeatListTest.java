package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The list of seats as callers page through it. */
@Timeout(120)
class SeatListTest {
    @TempDir
    Path folder;

    private SeatsUnderTest seats;
    private SignedIn admin;

    @BeforeEach
    void start() throws Exception {
        seats = SeatsUnderTest.start(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
        for (int i = 1; i <= 5; i++) {
            Map<String, String> body = Map.of(
                    "operatorId",
                    "1",
                    "pubkey",
                    String.format("0x%096x", i),
                    "withdrawalCredentials",
                    "0x01" + "00".repeat(11) + "12".repeat(20));
            assertThat(admin.call("POST", "/v1/seats", body, "Idempotency-Key", "seat-number-" + i)
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @AfterEach
    void stop() {
        seats.close();
    }

    private JsonNode page(String query) throws Exception {
        HttpResponse<String> response = admin.get("/v1/seats?" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SeatsUnderTest.json(response);
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("items").forEach(seat -> ids.add(seat.path("id").asString()));
        return ids;
    }

    @Test
    void each_page_names_where_the_next_begins_until_there_is_none() throws Exception {
        List<String> all = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = page("limit=2" + next);
            assertThat(page.at("/pagination/total").asLong()).isEqualTo(5);
            all.addAll(ids(page));
            JsonNode follows = page.at("/pagination/next");
            next = follows.isNull() ? "" : "&after=" + follows.asString();
        } while (!next.isEmpty());
        assertThat(all).containsExactly("1", "2", "3", "4", "5");
        assertThat(ids(page("limit=2&offset=3"))).containsExactly("4", "5");
        assertThat(page("limit=2&offset=3").at("/pagination/next").isNull()).isTrue();
        assertThat(ids(page("seat_id=3&has_pubkey=true&has_pending_operation=false&has_failed_operation=false")))
                .containsExactly("3");
    }

    @Test
    void a_parameter_that_is_not_one_is_refused_by_its_name() throws Exception {
        for (String query : List.of(
                "after=0", "after=-1", "after=x", "after=1&after=2", "has_pubkey=yes", "seat_id=1e3", "cursor=1")) {
            HttpResponse<String> refused = admin.get("/v1/seats?" + query);
            assertThat(refused.statusCode()).as(query).isEqualTo(400);
            assertThat(refused.body()).contains(query.substring(0, query.indexOf('=')));
        }
    }
}
