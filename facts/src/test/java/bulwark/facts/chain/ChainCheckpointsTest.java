package bulwark.facts.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.facts.FactsFixture;
import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainCheckpointsTest {
    @TempDir
    Path directory;

    @Test
    void a_head_goes_into_the_log_after_so_many_facts() throws IOException {
        try (FactsFixture facts = new FactsFixture(
                directory,
                Map.of(
                        "STIGMEM_FACT_CHAIN_CHECKPOINT_INTERVAL", "3",
                        "STIGMEM_FACT_CHAIN_CHECKPOINT_MAX_AGE_S", "3600"))) {
            for (int i = 0; i < 7; i++) {
                say(facts, i);
            }
            assertThat(facts.outbox.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(covered(facts)).containsExactly(3L, 6L);
            assertThat(facts.fsck()).isEmpty();
        }
    }

    @Test
    void a_head_goes_into_the_log_after_so_much_time() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            assertThat(covered(facts)).isEmpty();
            facts.clock.advance(Duration.ofSeconds(61));
            say(facts, 2);
            await().atMost(Duration.ofSeconds(10)).until(() -> covered(facts).equals(List.of(2L)));
        }
    }

    @Test
    void one_signed_leaf_vouches_for_facts_journal_and_both_audit_tables() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            facts.heads.signNow();
            assertThat(Files.readString(facts.logFile))
                    .contains("bulwark.signed_heads", "fact_chain", "fact_journal", "fact_audit_log");
        }
    }

    @Test
    void the_checkpoint_of_a_proof_is_signed_by_the_log_key_and_keeps_the_payload_that_clients_hash()
            throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            var checkpoint = facts.chain.prove("default").checkpoint();
            assertThat(checkpoint).containsKeys("store_id", "signed_at", "key_id", "signature", "tl_leaf_hash");
            assertThat(facts.chain.prove("default").checkpoint()).containsKeys("key_id", "signature");
        }
    }

    @Test
    void a_proof_carries_the_place_of_its_checkpoint_in_the_tree_of_the_log_once_one_covers_it() throws Exception {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            Map<?, ?> before =
                    (Map<?, ?>) facts.chain.prove("default").checkpoint().get("tl_inclusion_proof");
            assertThat(before.keySet()).isEqualTo(Set.of("chain_hash", "prev_hash"));
            facts.heads.signNow();
            var checkpoint = facts.chain.prove("default").checkpoint();
            Map<?, ?> proof = (Map<?, ?>) checkpoint.get("tl_inclusion_proof");
            assertThat(proof.keySet()).isEqualTo(Set.of("chain_hash", "prev_hash", "tlog_proof"));
            TlogProof read = TlogProof.parse(String.valueOf(proof.get("tlog_proof")));
            assertThat(read.index()).isEqualTo(checkpoint.get("tl_log_index"));
        }
    }

    @Test
    void an_emptied_store_gets_no_new_beginning() {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            facts.heads.signNow();
            facts.plant(
                    "DELETE FROM fact_chain",
                    "DELETE FROM facts",
                    "DELETE FROM fact_journal",
                    "DELETE FROM fact_audit_log",
                    "DELETE FROM fact_cid_aliases",
                    "DELETE FROM fact_chain_checkpoints",
                    "DELETE FROM store_identity",
                    "DELETE FROM log_position");
        }
        assertThatThrownBy(() -> new FactsFixture(directory))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("another store or an empty one lies in its place");
    }

    @Test
    void a_planted_checkpoint_never_reaches_the_log() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            facts.plant(
                    "INSERT INTO fact_chain_checkpoints (id, tenant_id, covered_chain_seq, chain_hash, status,"
                            + " attempt_count, created_at) VALUES ('chaincp_x', 'default', 1, 'sha256:forged', 'pending', 0, 'now')",
                    "INSERT INTO outbox (kind, dedupe_key, payload, created_at) VALUES"
                            + " ('fact_chain_checkpoint', 'chaincp_x', '{}', 'now')");
            facts.clock.advance(Duration.ofSeconds(61));
            say(facts, 2);
            assertThat(facts.outbox.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(Files.readString(facts.logFile)).doesNotContain("sha256:forged");
        }
    }

    private static List<Long> covered(FactsFixture facts) throws IOException {
        List<Long> covered = new ArrayList<>();
        LogReader.forwards(facts.logFile, entry -> {
            if (entry.payload().get("covered_chain_seq") instanceof Long seq) {
                covered.add(seq);
            }
            return true;
        });
        return covered;
    }

    private static void say(FactsFixture facts, int value) {
        int status = facts.post(
                        "{\"entity\":\"user:c" + value + "\",\"relation\":\"memory:n\",\"value\":" + value + "}")
                .status();
        assertThat(status).isEqualTo(201);
    }
}
