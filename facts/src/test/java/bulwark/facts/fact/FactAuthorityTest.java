package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.kernel.access.Principal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Who may state, contradict and end what. */
class FactAuthorityTest {
    private static final Principal ALICE = FactsFixture.reader("agent:alice", "read", "write");
    private static final Principal MALLORY = FactsFixture.reader("agent:mallory", "read", "write");
    private static final Principal ADMIN = FactsFixture.reader("agent:admin", "read", "write", "admin");
    private static final Principal GATEWAY = FactsFixture.reader("agent:gateway", "read", "write", "source:any");

    @TempDir
    Path directory;

    private FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(directory);
    }

    @AfterEach
    void close() {
        assertThat(facts.fsck()).isEmpty();
        facts.close();
    }

    private Answer say(Principal caller, String value, double confidence, String more) {
        facts.clock.advance(Duration.ofMillis(5));
        return facts.call(
                caller,
                "POST",
                "/v1/facts",
                "{\"entity\":\"user:v\",\"relation\":\"memory:role\",\"value\":\"" + value + "\",\"confidence\":"
                        + confidence + more + "}");
    }

    private String stated(Principal caller, String value, double confidence) {
        Answer answer = say(caller, value, confidence, "");
        assertThat(answer.status()).isEqualTo(201);
        return answer.text("id");
    }

    private List<String> listed(String more) {
        JsonNode list = facts.get("/v1/facts?entity=user:v" + more).json();
        assertThat(list.get("total").intValue()).isEqualTo(list.get("facts").size());
        return list.get("facts")
                .valueStream()
                .map(fact -> fact.get("id").stringValue())
                .toList();
    }

    private JsonNode read(String id) {
        return facts.get("/v1/facts/" + id).json();
    }

    private JsonNode conflicts(String status) {
        return facts.get("/v1/conflicts?status=" + status).json().get("conflicts");
    }

    private static String code(Answer answer) {
        return answer.refusal().code();
    }

    @Test
    void a_weak_contradiction_hides_nothing_and_is_hidden_itself() {
        String strong = stated(ALICE, "engineer", 1.0);
        Answer weak = say(MALLORY, "janitor", 0.01, "");
        assertThat(weak.json().get("contradicted").booleanValue()).isTrue();
        assertThat(listed("")).containsExactly(strong);
        assertThat(listed("&contradiction=latest")).containsExactly(strong);
        assertThat(listed("&include_contradicted=true")).containsExactlyInAnyOrder(strong, weak.text("id"));
        assertThat(read(strong).get("contradicted").booleanValue()).isFalse();
        JsonNode loser = read(weak.text("id"));
        assertThat(loser.get("contradicted").booleanValue()).isTrue();
        JsonNode by = loser.get("contradicted_by").get(0);
        assertThat(by.get("fact_id").stringValue()).isEqualTo(strong);
        assertThat(by.get("source").stringValue()).isEqualTo("agent:alice");
        assertThat(by.get("timestamp").stringValue()).startsWith("2026-05-01T12:00:00");
        assertThat(by.get("wins").booleanValue()).isTrue();
        assertThat(read(strong).at("/contradicted_by/0/wins").booleanValue()).isFalse();
        assertThat(conflicts("unresolved")).as("the rule has decided").isEmpty();
        assertThat(conflicts("resolved").get(0).get("resolved_by").stringValue())
                .isEqualTo("system:stigmem");
    }

    @Test
    void a_flood_of_weak_contradictions_hides_nothing() {
        String strong = stated(ALICE, "engineer", 1.0);
        for (int i = 0; i < 40; i++) {
            say(MALLORY, "janitor " + i, 0.5, "");
        }
        assertThat(listed("")).containsExactly(strong);
    }

    @Test
    void an_agent_updates_its_own_value_and_no_conflict_stays_open() {
        String first = stated(ALICE, "engineer", 1.0);
        String second = stated(ALICE, "director", 1.0);
        assertThat(listed("")).containsExactly(second);
        assertThat(read(first).get("contradicted").booleanValue()).isTrue();
        assertThat(conflicts("unresolved")).isEmpty();
    }

    @Test
    void on_equal_confidence_of_two_sources_the_later_is_shown_and_the_conflict_stays_open() {
        String first = stated(ALICE, "engineer", 0.9);
        String second = stated(MALLORY, "janitor", 0.9);
        assertThat(listed("")).containsExactly(second);
        JsonNode conflict = conflicts("unresolved").get(0);
        assertThat(conflict.at("/fact_a/id").stringValue()).isEqualTo(second);
        assertThat(conflict.at("/fact_b/entity").stringValue()).isEqualTo("user:v");
        String resolve = "/v1/conflicts/" + conflict.get("conflict_id").stringValue() + "/resolve";
        String alice = "{\"winning_fact_id\":\"" + first + "\"}";
        Answer refused = facts.call(ALICE, "POST", resolve, alice);
        assertThat(refused.status()).as("nobody gives up another's fact").isEqualTo(403);
        assertThat(code(refused)).isEqualTo("resolution_not_yours");
        assertThat(facts.call(MALLORY, "POST", resolve, alice).text("conflict_status"))
                .as("who loses may concede")
                .isEqualTo("resolved");
        assertThat(listed("")).contains(first).doesNotContain(second);
        assertThat(conflicts("unresolved")).isEmpty();
    }

    @Test
    void an_admin_decides_against_the_rule() {
        stated(ALICE, "engineer", 1.0);
        String weak = stated(MALLORY, "janitor", 0.2);
        String id = conflicts("resolved").get(0).get("conflict_id").stringValue();
        Answer resolved =
                facts.call(ADMIN, "POST", "/v1/conflicts/" + id + "/resolve", "{\"winning_fact_id\":\"" + weak + "\"}");
        assertThat(resolved.status()).isEqualTo(200);
        assertThat(listed("")).contains(weak).hasSize(1);
    }

    @Test
    void a_fact_comes_back_when_what_won_against_it_ends() {
        String first = stated(ALICE, "engineer", 1.0);
        say(MALLORY, "janitor", 1.0, ",\"valid_until\":\"2026-05-01T13:00:00Z\"");
        assertThat(read(first).get("contradicted").booleanValue()).isTrue();
        facts.clock.advance(Duration.ofHours(2));
        assertThat(read(first).get("contradicted").booleanValue()).isFalse();
        assertThat(listed("")).containsExactly(first);
    }

    @Test
    void nobody_ends_the_fact_of_another() {
        String fact = stated(ALICE, "cto", 1.0);
        Answer foreign = say(MALLORY, "cto", 0.0, "");
        assertThat(foreign.status()).isEqualTo(201);
        assertThat(foreign.json().get("contradicted").booleanValue()).isTrue();
        assertThat(foreign.json().get("warnings").toString()).contains("ended nothing");
        assertThat(listed("")).contains(fact);
        JsonNode read = read(fact);
        assertThat(read.get("contradicted").booleanValue()).isFalse();
        assertThat(read.has("retracted_by")).isFalse();
        assertThat(read.at("/contradicted_by/0/fact_id").stringValue()).isEqualTo(foreign.text("id"));
        assertThat(read.at("/contradicted_by/0/source").stringValue()).isEqualTo("agent:mallory");
    }

    @Test
    void a_source_and_an_admin_end_a_fact_and_the_fact_tells_who_did() {
        String own = stated(ALICE, "cto", 1.0);
        String ending = say(ALICE, "cto", 0.0, "").text("id");
        assertThat(read(own).at("/retracted_by/fact_id").stringValue()).isEqualTo(ending);
        assertThat(read(own).at("/retracted_by/source").stringValue()).isEqualTo("agent:alice");
        String again = stated(ALICE, "cto", 1.0);
        String admins = say(ADMIN, "cto", 0.0, "").text("id");
        assertThat(read(again).at("/retracted_by/fact_id").stringValue()).isEqualTo(admins);
        assertThat(read(again).at("/retracted_by/source").stringValue()).isEqualTo("agent:admin");
        assertThat(listed("")).doesNotContain(own, again);
    }

    @Test
    void an_ending_that_no_chained_fact_explains_is_found() {
        String fact = stated(ALICE, "cto", 1.0);
        String foreign = say(MALLORY, "cto", 0.0, "").text("id");
        facts.plant("INSERT INTO fact_retractions VALUES ('" + fact + "', '" + foreign + "')");
        assertThat(facts.fsck()).anyMatch(sentence -> sentence.contains("retraction of fact " + fact));
        facts.plant("DELETE FROM fact_retractions");
    }

    @Test
    void the_retraction_of_the_official_clients_ends_what_the_caller_had_said() {
        String ceo = stated(ALICE, "CEO", 1.0);
        String other = stated(MALLORY, "clerk", 0.5);
        String retraction = say(ALICE, "retracted", 0.0, "").text("id");
        assertThat(read(ceo).at("/retracted_by/fact_id").stringValue()).isEqualTo(retraction);
        assertThat(listed("")).contains(other).doesNotContain(ceo);
        assertThat(say(ALICE, "retracted", 0.0, "").text("id"))
                .as("safe to repeat")
                .isEqualTo(retraction);
    }

    @Test
    void a_retraction_of_nothing_is_refused_and_stores_nothing() {
        stated(ALICE, "CEO", 1.0);
        Answer nothing = say(MALLORY, "retracted", 0.0, "");
        assertThat(nothing.status()).isEqualTo(409);
        assertThat(code(nothing)).isEqualTo("nothing_to_retract");
        assertThat(listed("&contradiction=all&include_expired=true")).hasSize(1);
    }

    @Test
    void a_source_is_the_callers_own_unless_the_key_may_speak_for_others() {
        Answer forged = say(MALLORY, "x", 1.0, ",\"source\":\"agent:alice\"");
        assertThat(forged.status()).isEqualTo(403);
        assertThat(code(forged)).isEqualTo("source_not_yours");
        assertThat(forged.refusal()).hasMessageContaining("source");
        assertThat(listed("")).isEmpty();
        assertThat(say(MALLORY, "x", 1.0, ",\"source\":\"agent:Mallory\"").text("source"))
                .isEqualTo("agent:mallory");
        assertThat(say(GATEWAY, "y", 1.0, ",\"source\":\"agent:alice\"").text("source"))
                .isEqualTo("agent:alice");
        assertThat(say(ADMIN, "z", 1.0, ",\"source\":\"agent:alice\"").status()).isEqualTo(201);
        facts.audit.flush();
        String rows = facts.store.read(tx -> {
            try (var row = tx.statement(
                            "SELECT group_concat(entity_uri || detail) FROM fact_audit_log WHERE event_type = 'request_refused'")
                    .executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        });
        assertThat(rows).contains("agent:mallory").contains("source_not_yours");
        assertThat(facts.metrics.scrape()).contains("stigmem_refused_total{code=\"source_not_yours\"} 1");
    }
}
