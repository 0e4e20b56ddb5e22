package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is meant is found though it was written otherwise, and what is not there is said not to be known. */
@Timeout(60)
class RecallVariantsTest {
    @TempDir
    Path folder;

    private RecallNode node;

    @BeforeEach
    void start() {
        node = new RecallNode(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "engineers, engineer",
        "engineer, engineers",
        "cities, city",
        "city, cities",
        "box, boxes",
        "deploying, deployed",
        "stopped, stop",
        "Häuser, Haus",
        "Rechnungen, Rechnung",
        "chevaux, cheval",
        "développements, développement",
        "canciones, canción",
        "ragazze, ragazza",
        "livros, livro",
        "boeken, boek"
    })
    void a_plural_or_inflection_is_found(String written, String query) {
        node.assertFact("user:other", "memory:note", "nothing of interest");
        String id = node.assertFact("user:x", "memory:note", written);
        assertThat(RecallNode.ids(node.recall(query))).containsExactly(id);
    }

    @ParameterizedTest
    @CsvSource({
        "engineer, enginer",
        "engineer, enginneer",
        "engineer, engineet",
        "engineer, enigneer",
        "Zürich, zurihc",
        "kubernetes, kubernets"
    })
    void a_word_with_one_wrong_letter_is_found(String written, String query) {
        String id = node.assertFact("user:x", "memory:note", written);
        assertThat(RecallNode.ids(node.recall(query))).containsExactly(id);
    }

    @ParameterizedTest
    @CsvSource({"engineer, angineer", "engineer, enginr", "tea, tee", "build4711, build4712", "x1f9a, x1f9b"})
    void two_wrong_letters_a_wrong_first_one_a_short_word_and_a_name_with_digits_are_other_words(
            String written, String query) {
        node.assertFact("user:x", "memory:note", written);
        assertThat(node.recall(query).get("facts")).isEmpty();
    }

    @Test
    void what_is_written_so_comes_before_inflections_and_no_misspelling_joins_it() {
        String plural = node.assertFact("user:b", "memory:note", "engineers");
        node.assertFact("user:c", "memory:note", "endineer");
        String exact = node.assertFact(
                "user:a", "memory:note", "a long report of thirty words about an engineer " + "and so on ".repeat(20));
        assertThat(RecallNode.ids(node.recall("engineer"))).containsExactly(exact, plural);
    }

    @Test
    void a_misspelt_word_is_found_beside_words_that_many_facts_contain() {
        for (int i = 0; i < 30; i++) {
            node.assertFact("user:p" + i, "memory:note", "acme employee number n" + i);
        }
        String id = node.assertFact("user:x", "memory:note", "acme cartographer");
        assertThat(RecallNode.ids(node.recall("acme cartografer"))).startsWith(id);
    }

    /** Rarity, length and choice of variants are those of visible facts: no score and no order shows what hidden facts say. */
    @Test
    void how_often_hidden_facts_say_a_word_changes_no_answer() {
        for (int i = 0; i < 30; i++) {
            node.assertFact("stigmem://localhost/note/" + i, "note:says", "harbour pilot " + "boat ".repeat(i % 4));
        }
        node.assertFact("stigmem://localhost/note/rare", "note:says", "lighthouse of the harbour");
        List<String> queries =
                List.of("lighthouse harbour", "harbour", "lighthouses pilot boat", "lighthuose", "zeppelin harbour");
        List<String> before = queries.stream().map(this::scores).toList();

        for (int i = 0; i < 200; i++) {
            String text = i % 2 == 0 ? "lighthouse zeppelin lighthose lighthousing" : "a ".repeat(200) + "lighthouse";
            node.assertFact(
                    RecallNode.ALICE,
                    Map.of("entity", "note:h" + i, "relation", "note:says", "value", text, "scope", "team"));
        }

        assertThat(queries.stream().map(this::scores).toList()).isEqualTo(before);
    }

    private String scores(String query) {
        StringBuilder all = new StringBuilder();
        JsonNode answer = node.recall(query);
        answer.get("facts")
                .forEach(fact -> all.append(fact.get("fact").get("entity"))
                        .append(fact.get("score_breakdown"))
                        .append('\n'));
        return all.append(answer.get("nothing_known")).toString();
    }

    @Test
    void a_word_of_a_hidden_fact_changes_nothing_of_what_others_find() {
        node.assertFact("user:x", "memory:note", "honeysuckles");
        node.assertFact("user:y", "memory:note", "hineysuckle");
        List<String> before = RecallNode.ids(node.recall(RecallNode.BOB, query("honeysuckle")));
        node.call(
                RecallNode.ALICE,
                "POST",
                "/v1/gardens",
                Map.of("slug", "roses", "name", "Roses", "scope", "company"),
                Map.of());
        node.assertFact(
                RecallNode.ALICE,
                Map.of(
                        "entity",
                        "user:alice",
                        "relation",
                        "memory:secret",
                        "value",
                        "honeysuckle",
                        "scope",
                        "company",
                        "garden_id",
                        "stigmem://localhost/garden/roses"));
        assertThat(before).hasSize(1);
        assertThat(RecallNode.ids(node.recall(RecallNode.BOB, query("honeysuckle"))))
                .isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zeppelin",
                "what is the zeppelin of the company",
                "Was ist der Zeppelin von dem Land",
                "qué es el zepelín de la empresa"
            })
    void a_question_that_shares_only_function_words_with_facts_is_answered_with_nothing_known(String question) {
        node.assertFact("user:a", "memory:note", "Alice is the head of research");
        node.assertFact("user:b", "memory:note", "Das ist der Leiter von der Forschung");
        node.assertFact("user:c", "memory:note", "es el jefe de la oficina");
        JsonNode answer = node.recall(question.replace("company", "airship"));
        assertThat(answer.get("nothing_known").booleanValue()).isTrue();
        assertThat(answer.get("facts")).isEmpty();
        assertThat(answer.get("content")).isEmpty();
        assertThat(answer.get("total_scored").intValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the",
                "who is the head of research",
                "please tell me everything that you know about research and other airborne matters of the last decade",
                "research zeppelin",
                "researches",
                "reserch"
            })
    void a_question_that_a_fact_bears_on_is_never_answered_with_nothing_known(String question) {
        String id = node.assertFact("user:a", "memory:note", "Alice is the head of research");
        JsonNode answer = node.recall(question);
        assertThat(answer.get("nothing_known").booleanValue()).isFalse();
        assertThat(RecallNode.ids(answer)).containsExactly(id);
    }

    @Test
    void a_fact_that_does_not_fit_is_known_all_the_same() {
        node.assertFact("user:a", "memory:note", "Alice is the head of research");
        JsonNode answer =
                node.recall(RecallNode.ALICE, Map.of("query", "research", "scope", "company", "token_budget", 1));
        assertThat(answer.get("facts")).isEmpty();
        assertThat(answer.get("nothing_known").booleanValue()).isFalse();
    }

    @Test
    void a_signal_of_weight_zero_selects_nothing() {
        String named = node.assertFact("stigmem://org/user/alice", "memory:role", "cartographer");
        String edge = node.assertRef("stigmem://org/user/alice", "rel:works_with", "stigmem://org/user/bob");
        String friend = node.assertFact("stigmem://org/user/bob", "memory:pet", "a tortoise");
        assertThat(weighted(0.5, 0.5)).contains(named, friend);
        assertThat(weighted(0.5, 0)).containsExactly(named);
        assertThat(weighted(0, 0.5)).contains(friend).doesNotContain(named, edge);
        assertThat(weighted(0, 0)).isEmpty();
    }

    private List<String> weighted(double lexical, double graph) {
        Map<String, Object> weights = Map.of("lexical", lexical, "graph", graph);
        return RecallNode.ids(
                node.recall(RecallNode.ALICE, Map.of("query", "cartographer", "scope", "company", "weights", weights)));
    }

    private static Map<String, Object> query(String query) {
        return Map.of("query", query, "scope", "company");
    }
}
