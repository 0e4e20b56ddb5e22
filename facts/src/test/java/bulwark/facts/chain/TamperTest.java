package bulwark.facts.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.web.ApiRefusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits behind the node's back, one column at a time, and who finds them. */
class TamperTest {
    @TempDir
    Path directory;

    private FactsFixture facts;
    private String first;
    private String cid;

    @BeforeEach
    void fill() {
        facts = new FactsFixture(directory);
        Answer answer =
                facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"source\":\"agent:t\",\"value\":\"a\","
                        + "\"valid_until\":\"2030-01-01T00:00:00Z\",\"derived_from\":[{\"hash\":\"sha256:"
                        + "0".repeat(64) + "\"}]}");
        first = answer.text("id");
        cid = answer.text("cid");
        facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"source\":\"agent:t\",\"value\":\"b\"}");
        facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:y\",\"source\":\"agent:t\",\"value\":\"c\"}");
        facts.post(
                "{\"entity\":\"user:a\",\"relation\":\"memory:y\",\"source\":\"agent:t\",\"value\":\"c\",\"confidence\":0}");
        assertThat(facts.get("/v1/facts/" + first).status()).isEqualTo(200);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    @Test
    void an_unmodified_store_passes_all_three_checks() {
        assertThat(facts.fsck()).isEmpty();
        assertThat(facts.chain.rescanNow()).isNull();
        ChainProof proof = facts.chain.prove("default");
        assertThat(proof.checkedEntries()).isEqualTo(6);
        assertThat(proof.checkpoint())
                .containsEntry("chain_hash", proof.headHash())
                .containsEntry("status", "submitted");
        assertThat(facts.chain.prove("default").checkpoint())
                .containsEntry("id", proof.checkpoint().get("id"));
        assertThat(facts.fsck()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id = 'forged'",
                "tenant_id = 'x'",
                "entity = 'x'",
                "relation = 'x'",
                "value_type = 'text'",
                "value_v = 'x'",
                "interpret_as = 'instruction'",
                "source = 'x'",
                "timestamp = '2020'",
                "hlc_wall = 1",
                "hlc_counter = 77",
                "valid_until = NULL",
                "valid_until = '2031-01-01'",
                "expires_at = NULL",
                "expires_at = 1",
                "confidence = 0.5",
                "scope = 'public'",
                "garden_id = 'g'",
                "attested_key_id = 'k'",
                "cid = 'x'",
                "derived_from = NULL",
                "derived_from = '[]'",
                "row_id = 99"
            })
    void an_edit_of_any_column_of_a_fact_is_found(String edit) {
        facts.plant("UPDATE facts SET " + edit + " WHERE row_id = 1");
        everyoneFinds();
        Answer verified =
                facts.call(FactsFixture.TRUSTED, "GET", "/v1/facts/" + first, "", Map.of("Stigmem-Verify", "full"));
        assertThat(verified.status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fact_id = 'x'",
                "tenant_id = 'x'",
                "record_hash = 'x'",
                "prev_hash = 'x'",
                "journal_hash = 'x'",
                "seq = 99"
            })
    void an_edit_of_any_column_of_the_journal_is_found(String edit) {
        facts.plant("UPDATE fact_journal SET " + edit + " WHERE seq = 2");
        everyoneFinds();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant_id = 'x'",
                "chain_seq = 99",
                "fact_id = 'x'",
                "event_hash = 'x'",
                "previous_hash = 'x'",
                "chain_hash = 'x'",
                "created_at = 'x'"
            })
    void an_edit_of_any_column_of_the_chain_is_found(String edit) {
        facts.plant("UPDATE fact_chain SET " + edit + " WHERE chain_seq = 2");
        everyoneFinds();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM facts WHERE row_id = 6",
                "DELETE FROM facts WHERE row_id = 1",
                "DELETE FROM fact_journal WHERE seq = 6",
                "DELETE FROM fact_chain WHERE chain_seq = 6",
                "INSERT INTO facts SELECT 7, 'planted', tenant_id, entity, relation, value_type, value_v, interpret_as,"
                        + " source, timestamp, hlc_wall, hlc_counter, valid_until, expires_at, confidence, scope,"
                        + " garden_id, attested_key_id, cid, derived_from FROM facts WHERE row_id = 1",
                "INSERT INTO facts SELECT -1, 'planted', tenant_id, entity, relation, value_type, value_v, interpret_as,"
                        + " source, timestamp, hlc_wall, hlc_counter, valid_until, expires_at, confidence, scope,"
                        + " garden_id, attested_key_id, cid, derived_from FROM facts WHERE row_id = 1"
            })
    void missing_and_planted_rows_are_found(String edit) {
        facts.plant(edit);
        everyoneFinds();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE fact_cid_aliases SET fact_id = 'x' WHERE rowid_of_first",
                "UPDATE fact_cid_aliases SET cid = 'x' WHERE rowid_of_first",
                "UPDATE fact_cid_aliases SET tenant_id = 'x' WHERE rowid_of_first",
                "DELETE FROM fact_cid_aliases WHERE rowid_of_first",
                "UPDATE conflicts SET conflict_id = 'x'",
                "UPDATE conflicts SET tenant_id = 'x'",
                "UPDATE conflicts SET fact_a = fact_b",
                "UPDATE conflicts SET fact_b = 'x'",
                "UPDATE conflicts SET status = 'resolved'",
                "UPDATE conflicts SET detected_at = 'x'",
                "UPDATE conflicts SET winner = fact_a",
                "UPDATE conflicts SET resolution_fact = 'x'",
                "UPDATE conflicts SET resolved_by = 'x'",
                "UPDATE conflicts SET resolved_at = 'x'",
                "DELETE FROM conflicts",
                "INSERT INTO conflicts (conflict_id, tenant_id, fact_a, fact_b, status, detected_at) VALUES"
                        + " ('stigmem:conflict:1', 'default', 'a', 'b', 'unresolved', 'x')",
                "DELETE FROM fact_retractions",
                "UPDATE fact_retractions SET retracted_by = 'x'",
                "INSERT INTO fact_retractions VALUES ('x', 'y')"
            })
    void what_is_derived_is_found_by_fsck_and_rescan(String edit) {
        facts.plant(edit.replace("rowid_of_first", "cid = '" + cid + "'"));
        assertThat(facts.fsck()).isNotEmpty();
        assertThat(facts.chain.rescanNow()).contains("projection_mismatch");
        assertThatThrownBy(() -> facts.chain.prove("default")).isInstanceOf(ApiRefusal.class);
    }

    @Test
    void a_store_rewritten_with_valid_hashes_is_found_by_the_log() {
        facts.chain.prove("default");
        facts.heads.signNow();
        facts.plant(
                "DELETE FROM fact_chain",
                "DELETE FROM fact_journal",
                "DELETE FROM facts",
                "DELETE FROM conflicts",
                "DELETE FROM fact_cid_aliases",
                "DELETE FROM fact_retractions",
                "DELETE FROM fact_chain_checkpoints");
        assertThat(facts.fsck()).anyMatch(sentence -> sentence.contains("fact_chain: row 6 is missing"));
        assertThat(facts.chain.rescanNow()).contains("log_mismatch");
    }

    @Test
    void a_finding_is_reported_and_kept() {
        facts.chain.prove("default");
        facts.plant("UPDATE facts SET value_v = 'x' WHERE row_id = 1");
        assertThat(facts.chain.prove("default").checkedEntries())
                .as("what was verified is not read again by each call")
                .isEqualTo(6);
        assertThat(facts.chain.rescanNow()).contains("event_hash_mismatch");
        assertThatThrownBy(() -> facts.chain.prove("default")).isInstanceOfSatisfying(ApiRefusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo("fact_chain_mismatch");
            assertThat(refusal.members().get("mismatch_reason")).isEqualTo("event_hash_mismatch");
        });
        assertThat(facts.metrics.scrape()).contains("stigmem_fact_chain_mismatch_total{tenant=\"default\"} 1");
        String rows = facts.store.read(tx -> {
            try (var row = tx.statement("SELECT count(*) FROM fact_audit_log WHERE event_type = 'fact_chain_mismatch'")
                    .executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        });
        assertThat(rows).isEqualTo("1");
    }

    @Test
    void triggers_refuse_updates_and_deletes() {
        for (String table : List.of("facts", "fact_journal", "fact_chain", "fact_retractions")) {
            assertThatThrownBy(() -> facts.store.write(
                            tx -> tx.statement("DELETE FROM " + table).executeUpdate()))
                    .hasStackTraceContaining("immutable");
        }
    }

    private void everyoneFinds() {
        assertThat(facts.fsck()).as("fsck").isNotEmpty();
        assertThatThrownBy(() -> facts.chain.prove("default")).as("full").isInstanceOf(ApiRefusal.class);
        assertThat(facts.anotherChain().rescanNow()).as("rescan").isNotNull();
    }
}
