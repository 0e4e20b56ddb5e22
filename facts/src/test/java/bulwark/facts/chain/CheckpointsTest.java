package bulwark.facts.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.facts.FactsFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path directory;

    @Test
    void a_head_is_anchored_after_so_many_facts_with_the_audit_and_journal_heads() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory, List.of(), new Checkpoints.Due(3, Duration.ofHours(1)))) {
            for (int i = 0; i < 7; i++) {
                say(facts, i);
            }
            assertThat(facts.outbox.drain(Duration.ofSeconds(10))).isTrue();
            List<LoggedCheckpoints.Logged> logged = LoggedCheckpoints.all(facts.logFile, 0);
            assertThat(logged)
                    .filteredOn(each -> each.table().equals("fact_chain"))
                    .extracting(LoggedCheckpoints.Logged::seq)
                    .containsExactly(3L, 6L);
            assertThat(logged).extracting(LoggedCheckpoints.Logged::table).contains("fact_audit_log", "fact_journal");
            assertThat(LoggedCheckpoints.newest(facts.logFile, "default", 0))
                    .hasValueSatisfying(each -> assertThat(each.seq()).isEqualTo(6));
            assertThat(facts.fsck()).isEmpty();
        }
    }

    @Test
    void a_head_is_anchored_after_so_much_time() {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            assertThat(LoggedCheckpoints.newest(facts.logFile, "default", 0)).isEmpty();
            facts.clock.advance(Duration.ofSeconds(61));
            say(facts, 2);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> LoggedCheckpoints.newest(facts.logFile, "default", 0)
                            .map(each -> each.seq() == 2)
                            .orElse(false));
        }
    }

    @Test
    void a_long_log_is_read_from_its_end() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            facts.chain.prove("default");
        }
        Path log = directory.resolve("log.jsonl");
        String line = Files.readString(log).lines().findFirst().orElseThrow();
        String filler = "{\"payload\":{\"kind\":\"other\",\"x\":\"" + "ü".repeat(9000) + "\"}}\n";
        Files.writeString(log, filler.repeat(20) + line + "\n" + filler.repeat(20));
        assertThat(LoggedCheckpoints.newest(log, "default", 0))
                .hasValueSatisfying(each -> assertThat(each.seq()).isEqualTo(1));
        assertThat(LoggedCheckpoints.newest(log, "other", 0)).isEmpty();
    }

    @Test
    void a_new_store_may_follow_an_old_one_on_its_log_but_an_emptied_one_may_not() throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            say(facts, 1);
            say(facts, 2);
            facts.chain.prove("default");
        }
        for (String name : List.of("facts.db", "facts.db-wal", "facts.db-shm")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        try (FactsFixture facts = new FactsFixture(directory)) {
            facts.chain.start();
            say(facts, 1);
            assertThat(facts.chain.rescanNow()).isNull();
            assertThat(facts.chain.prove("default").checkpoint()).isNotNull();
            assertThat(facts.fsck()).isEmpty();
            facts.plant(
                    "DELETE FROM fact_chain",
                    "DELETE FROM facts",
                    "DELETE FROM fact_journal",
                    "DELETE FROM fact_cid_aliases",
                    "DELETE FROM fact_chain_checkpoints",
                    "DELETE FROM fact_log_origin");
        }
        try (FactsFixture facts = new FactsFixture(directory)) {
            facts.chain.start();
            assertThat(facts.chain.rescanNow()).contains("rolled_back_behind_log");
        }
    }

    private static void say(FactsFixture facts, int value) {
        int status = facts.post(
                        "{\"entity\":\"user:c" + value + "\",\"relation\":\"memory:n\",\"value\":" + value + "}")
                .status();
        assertThat(status).isEqualTo(201);
    }
}
