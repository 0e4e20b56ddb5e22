package bulwark.facts.fact;

import static bulwark.facts.FactsFixture.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Pages of more than one batch, and of more than one page may hold. */
@Timeout(120)
class FactPagesTest {
    private static final int LARGE = 40;

    @TempDir
    Path folder;

    private FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(folder);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    private void assertLarge(int count) {
        String text = "x".repeat(60_000);
        for (int i = 0; i < count; i++) {
            facts.clock.advance(Duration.ofMillis(1));
            facts.post("{\"entity\":\"user:" + i + "\",\"relation\":\"memory:n\",\"value\":\"" + i + text + "\"}");
        }
    }

    @Test
    void a_page_of_several_batches_shows_facts_in_order_with_the_members_behind_them() {
        for (int i = 0; i < 300; i++) {
            facts.clock.advance(Duration.ofMillis(1));
            facts.post("{\"entity\":\"user:" + i + "\",\"relation\":\"memory:n\",\"value\":" + i + "}");
        }
        Answer page = facts.get("/v1/facts?limit=299");
        assertThat(page.json().propertyNames()).containsExactly("facts", "total", "cursor", "tombstone_notices");
        assertThat(entities(page)).isEqualTo(newestFirst(299, 1));
        assertThat(entities(facts.get("/v1/facts?limit=299&cursor=" + page.text("cursor"))))
                .containsExactly("user:0");
    }

    @Test
    void a_page_that_is_cut_by_its_bytes_leads_on() {
        assertLarge(LARGE);
        List<String> seen = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            Answer page = facts.get("/v1/facts?limit=500" + cursor);
            assertThat(page.json().get("total").intValue()).isEqualTo(LARGE);
            assertThat(page.json().get("facts").size()).isBetween(1, 20);
            seen.addAll(entities(page));
            JsonNode next = page.json().get("cursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
            pages++;
        } while (!cursor.isEmpty());
        assertThat(seen).isEqualTo(newestFirst(LARGE - 1, 0));
        assertThat(pages).isGreaterThan(2);
    }

    @Test
    void a_page_of_conflicts_that_is_cut_by_its_bytes_leads_on() {
        String text = "x".repeat(60_000);
        for (int i = 0; i < 12; i++) {
            for (String source : List.of("agent:a", "agent:b")) {
                facts.clock.advance(Duration.ofMillis(1));
                facts.post("{\"entity\":\"user:" + i + "\",\"relation\":\"memory:n\",\"source\":\"" + source
                        + "\",\"value\":\"" + source + text + "\"}");
            }
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        boolean more;
        do {
            Answer page = facts.get("/v1/conflicts?limit=500" + cursor);
            assertThat(page.json().propertyNames()).containsExactly("conflicts", "cursor", "has_more");
            page.json()
                    .get("conflicts")
                    .forEach(conflict -> seen.add(conflict.at("/fact_a/entity").stringValue()));
            more = page.json().get("has_more").booleanValue();
            cursor = more ? "&cursor=" + page.text("cursor") : "";
            pages++;
        } while (more);
        assertThat(seen).isEqualTo(newestFirst(11, 0));
        assertThat(pages).isGreaterThan(1);
    }

    @Test
    void a_fact_that_was_edited_behind_the_first_batch_does_not_reach_the_reader() {
        assertLarge(3);
        facts.plant("UPDATE facts SET value_v = 'forged' WHERE entity = 'user:0'");
        Answer page = facts.call(TRUSTED, "GET", "/v1/facts", "");
        assertThat(page.status()).isEqualTo(409);
        assertThat(page.refusal().code()).isEqualTo("cid_mismatch");
    }

    private static List<String> newestFirst(int from, int to) {
        return IntStream.rangeClosed(to, from)
                .map(i -> from + to - i)
                .mapToObj(i -> "user:" + i)
                .toList();
    }

    private static List<String> entities(Answer page) {
        List<String> entities = new ArrayList<>();
        page.json().get("facts").forEach(fact -> entities.add(fact.get("entity").stringValue()));
        return entities;
    }
}
