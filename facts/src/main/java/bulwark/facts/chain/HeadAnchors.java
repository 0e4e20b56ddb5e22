package bulwark.facts.chain;

import bulwark.kernel.evidence.LogLeaf;
import bulwark.kernel.evidence.Outbox;
import bulwark.kernel.evidence.TransparencyLog;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Anchors the heads of the audit tables and of the journal, whose format Stigmem's checkpoints have no room for. */
final class HeadAnchors {
    static final String KIND = "bulwark.audit_checkpoint";

    private static final Map<String, String> HEADS = Map.of(
            "fact_audit_log", "SELECT seq, row_hash FROM fact_audit_log ORDER BY seq DESC LIMIT 1",
            "federation_audit", "SELECT seq, row_hash FROM federation_audit ORDER BY seq DESC LIMIT 1",
            "fact_journal", "SELECT seq, journal_hash FROM fact_journal ORDER BY seq DESC LIMIT 1");

    private final Store store;
    private final Outbox outbox;
    private final TransparencyLog log;
    private final Clock clock;
    private final Duration age;
    // Writer thread only.
    private Instant last = Instant.EPOCH;

    private record Head(String table, long seq, String hash) {}

    HeadAnchors(Store store, Outbox outbox, TransparencyLog log, Clock clock, Duration age) {
        this.store = store;
        this.outbox = outbox;
        this.log = log;
        this.clock = clock;
        this.age = age;
        outbox.handle(KIND, (key, payload) -> anchor());
    }

    void enqueueIfDue(WriteTx tx) throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(last.plus(age))) {
            return;
        }
        outbox.enqueue(tx, KIND, UUID.randomUUID().toString(), "{}");
        tx.afterCommit(() -> last = now);
    }

    private void anchor() throws TransparencyLog.LogUnavailable {
        for (Head head : store.read(HeadAnchors::heads)) {
            Map<String, Object> payload = Map.of(
                    "kind",
                    KIND,
                    "version",
                    1,
                    "table",
                    head.table,
                    "seq",
                    head.seq,
                    "row_hash",
                    head.hash,
                    "created_at",
                    Timestamps.offset(clock.instant()));
            log.append(new LogLeaf(payload, head.table + ":" + head.seq));
        }
    }

    private static List<Head> heads(ReadTx tx) throws SQLException {
        List<Head> heads = new ArrayList<>();
        for (Map.Entry<String, String> each : HEADS.entrySet()) {
            try (ResultSet row = tx.statement(each.getValue()).executeQuery()) {
                if (row.next()) {
                    heads.add(new Head(each.getKey(), row.getLong(1), row.getString(2)));
                }
            }
        }
        return heads;
    }
}
