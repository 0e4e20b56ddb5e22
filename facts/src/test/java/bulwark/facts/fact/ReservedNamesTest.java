package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.web.ApiRefusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedNamesTest {
    @TempDir
    Path directory;

    private FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(directory);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    @ParameterizedTest
    @CsvSource({
        "user:a, memory:x, system:stigmem",
        "user:a, memory:x, System:other",
        "user:a, memory:x, ' system:stigmem'",
        "user:a, stigmem:conflict:between, agent:t",
        "user:a, Stigmem:Conflict:status, agent:t",
        "user:a, stigmem:resolves, agent:t",
        "stigmem:conflict:1, memory:x, agent:t",
        "system:stigmem, memory:x, agent:t"
    })
    void a_caller_may_not_write_under_a_name_of_the_node(String entity, String relation, String source) {
        Answer answer = facts.post("{\"entity\":\"" + entity + "\",\"relation\":\"" + relation + "\",\"source\":\""
                + source + "\",\"value\":\"v\"}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.refusal()).extracting(ApiRefusal::code).isEqualTo("reserved_name");
        assertThat(facts.get("/v1/facts").json().path("total").intValue()).isZero();
        assertThat(facts.fsck()).isEmpty();
    }

    @Test
    void a_fact_that_a_caller_wrote_under_such_a_name_earlier_damages_no_verdict() {
        conflict("a", "b");
        String conflict = facts.store.read(tx -> {
            try (var rows = tx.statement("SELECT conflict_id FROM conflicts").executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        });
        accepted("stigmem:conflict:invented", ConflictService.BETWEEN, "x y", FactDrafts.SYSTEM_SOURCE);
        accepted(conflict, ConflictService.WINNER, "x", "agent:t");

        assertThat(facts.fsck()).isEmpty();
        assertThat(facts.chain.rescanNow()).isNull();
    }

    @Test
    void a_conflict_that_only_a_caller_speaks_of_does_not_follow_from_the_facts() {
        Fact between = accepted("stigmem:conflict:9", ConflictService.BETWEEN, "x y", FactDrafts.SYSTEM_SOURCE);
        facts.plant("INSERT INTO conflicts (conflict_id, tenant_id, fact_a, fact_b, status, detected_at) VALUES"
                + " ('stigmem:conflict:9', 'default', 'x', 'y', 'unresolved', '" + between.timestamp() + "')");

        assertThat(facts.fsck()).anyMatch(line -> line.contains("stigmem:conflict:9 does not follow"));
    }

    private void conflict(String... values) {
        for (String value : List.of(values)) {
            facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"" + value + "\"}");
        }
    }

    /** As the node accepted it before these names were reserved. */
    private Fact accepted(String entity, String relation, String value, String source) {
        return facts.store.write(tx -> {
            Fact cause = facts.facts
                    .insert(tx, FactsFixture.TRUSTED, draft("user:c", "memory:cause", value, "agent:t"), Set.of())
                    .fact();
            return facts.facts
                    .insert(
                            tx,
                            FactsFixture.TRUSTED,
                            facts.facts.drafts().statement(cause, entity, relation, "text", value, source),
                            Set.of())
                    .fact();
        });
    }

    private Fact draft(String entity, String relation, String value, String source) {
        AssertRequest request = AssertRequest.parse(
                ("{\"entity\":\"" + entity + "\",\"relation\":\"" + relation + "\",\"source\":\"" + source
                                + "\",\"value\":\"" + value + "\"}")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "agent:t");
        return facts.facts.drafts().asserted(request, "default", null);
    }
}
