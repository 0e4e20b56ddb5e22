package bulwark.kernel.evidence.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogSubmitterTest {
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<String> refused = new CopyOnWriteArrayList<>();
    private Store store;
    private Outbox outbox;
    private LogKeys keys;
    private TransparencyLog log;

    @BeforeEach
    void open() {
        Migrations schema = new Migrations(List.of("db/kernel/V001__outbox.sql", "db/kernel/V011__log_anchors.sql"));
        store = Store.open(folder.resolve("store.db"), schema, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        keys = LogKeys.open(folder.resolve("keys"), Signing.fastest(), Clock.systemUTC());
        outbox = Outbox.open(store, Clock.systemUTC());
        outbox.onRefused((id, kind, sentence) -> refused.add(kind));
        log = TransparencyLogs.local(folder.resolve("log.jsonl"), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        outbox.close();
        log.close();
        store.close();
    }

    private LogSubmitter submitter(TransparencyLog log) {
        return new LogSubmitter(store, outbox, log, keys);
    }

    private void drain() {
        outbox.start();
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
    }

    private void enqueue(LogSubmitter submitter, String key) {
        store.write(tx -> {
            submitter.enqueue(tx, key, Map.of("statement", key));
            return key;
        });
    }

    private void plant(String kind, String payload) {
        store.write(tx -> {
            outbox.enqueue(tx, kind, "planted", payload);
            return payload;
        });
    }

    @Test
    void a_committed_payload_is_submitted_once_and_its_anchor_kept() throws IOException {
        LogSubmitter submitter = submitter(log);
        enqueue(submitter, "one");
        enqueue(submitter, "one");
        drain();

        LogAnchor anchor = submitter.find("one").orElseThrow();
        assertThat(anchor.logIndex()).isZero();
        assertThat(anchor.inclusionProof()).containsKey("chain_hash");
        assertThat(submitter.await("one", Duration.ZERO)).contains(anchor);
        assertThat(Files.readAllLines(folder.resolve("log.jsonl")))
                .singleElement()
                .asString()
                .contains(anchor.leafHash());
    }

    @Test
    void a_payload_that_cannot_be_completed_yet_is_tried_again() throws IOException {
        LogSubmitter submitter = submitter(log);
        AtomicInteger attempts = new AtomicInteger();
        submitter.register("log.pair", committed -> {
            if (attempts.getAndIncrement() == 0) {
                throw new LogUnavailable("the other is not there yet", null);
            }
            return Map.of(
                    "other", submitter.find("one").orElseThrow().logIndex(), "of", String.valueOf(committed.get("of")));
        });
        store.write(tx -> {
            submitter.enqueue(tx, "one", Map.of("statement", "one"));
            submitter.enqueue(tx, "log.pair", "two", Map.of("of", "one"));
            return 0;
        });
        drain();

        assertThat(attempts).hasValue(2);
        assertThat(submitter.find("two")).isPresent();
        assertThat(Files.readString(folder.resolve("log.jsonl"))).contains("\"other\":0");
    }

    @Test
    void a_row_that_the_log_key_did_not_sign_never_reaches_the_log() {
        LogSubmitter submitter = submitter(log);
        submitter.register("log.pair", committed -> committed);
        plant("log.payload", "{\"statement\":\"planted\"}");
        plant("log.pair", "{\"payload\":{\"of\":\"x\"},\"key_id\":\"00\",\"signature\":\"AA\"}");
        drain();

        assertThat(refused).containsExactlyInAnyOrder("log.payload", "log.pair");
        assertThat(submitter.find("planted")).isEmpty();
    }

    @Test
    void without_a_log_payloads_are_dropped_and_planted_ones_still_refused() {
        LogSubmitter submitter = submitter(TransparencyLogs.off("LOG=off"));
        enqueue(submitter, "one");
        plant("log.payload", "{}");
        drain();

        assertThat(submitter.find("one")).isEmpty();
        assertThat(refused).containsExactly("log.payload");
    }
}
