package bulwark.facts.snapshot;

import bulwark.facts.identity.TestNode;
import bulwark.facts.node.FactsSchema;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a node in one folder, taken into another. */
@Timeout(60)
abstract class SnapshotTestBase {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    final SettableClock clock = new SettableClock(TestNode.START);
    final SnapshotRestore restore = new SnapshotRestore(Signing.fastest(), FactsSchema.MIGRATIONS, clock);

    static Snapshots snapshots(TestNode node) {
        return new Snapshots(node.store(), node.audit(), node.identity(), node.logFile(), node.clock());
    }

    static SnapshotTrust trusting(TestNode node) {
        return SnapshotTrust.ofKeys(Set.of()).and(node.identity().keys().node());
    }

    static void facts(TestNode node, int from, int to) {
        node.store().write(tx -> {
            for (int seq = from; seq <= to; seq++) {
                var insert =
                        tx.statement("INSERT INTO fact_chain (tenant_id, chain_seq, fact_id, event_hash, previous_hash,"
                                + " chain_hash, created_at) VALUES ('default', ?, 'f', 'e', NULL, ?, 'now')");
                insert.setLong(1, seq);
                insert.setString(2, hash(seq));
                insert.executeUpdate();
            }
            return to;
        });
    }

    static String hash(long seq) {
        return "sha256:" + Digests.sha256Hex("link " + seq);
    }

    static byte[] unzip(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }
}
