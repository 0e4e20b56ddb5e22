package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One walk over an audit table that recomputes the hash of each row, follows the links, and gathers what proven rows say about guarded
 * rows. It reads the table itself and no index. For one thread.
 */
final class AuditProof {
    private final AuditFsck walk;
    private final Map<String, Optional<String>> digests = new HashMap<>();
    private final List<Map<String, @Nullable String>> changes = new ArrayList<>();
    private String fold = "";

    private AuditProof(AuditTable table, @Nullable ChainHead after) {
        walk = new AuditFsck(table, after, row -> gather(row.columns().get(AuditColumns.DETAIL)));
    }

    static AuditProof ofAll(AuditTable table) {
        return new AuditProof(table, null);
    }

    /** Of the rows behind one that was proven. @param fold of what was said up to there */
    static AuditProof from(AuditTable table, @Nullable ChainHead after, String fold) {
        AuditProof proof = new AuditProof(table, after);
        proof.fold = fold;
        return proof;
    }

    /** Of the rows behind proven ones; null when the table says something else up to there than it did then. */
    static @Nullable AuditProof behind(ReadTx tx, AuditTable table, ProvenRows proven) throws SQLException {
        if (!ChainTable.audit(table)
                .hashAt(tx, proven.head().seq())
                .equals(Optional.of(proven.head().hash()))) {
            return null;
        }
        AuditProof proof = new AuditProof(table, proven.head());
        // An index may serve here: what is read is compared with what was proven.
        PreparedStatement select = tx.statement("SELECT detail FROM " + table.name() + " WHERE instr(detail, '\""
                + GuardedRows.MEMBER + "\":{') > 0 AND seq <= ? ORDER BY seq");
        select.setLong(1, proven.head().seq());
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                proof.gather(rows.getString(1));
            }
        }
        return proof.fold.equals(proven.fold()) ? proof : null;
    }

    /** Reads some rows more. @return false at the end, and after so many problems that the rest is not looked at */
    boolean step(ReadTx tx, long upTo, int rows) throws SQLException {
        return walk.page(tx, upTo, rows);
    }

    /** Reads all rows that are left. */
    AuditProof finish(ReadTx tx) throws SQLException {
        walk.walk(tx, null);
        return this;
    }

    /** @return sentences, empty when each row that was read is as it was written */
    List<String> problems() {
        return walk.problems();
    }

    /** The last row that was read, or that was proven before; empty without any. */
    Optional<ChainHead> end() {
        return walk.end();
    }

    Map<String, Optional<String>> digests() {
        return digests;
    }

    /** What each row said, in their order. */
    List<Map<String, @Nullable String>> changes() {
        return changes;
    }

    String fold() {
        return fold;
    }

    private void gather(@Nullable Object detail) {
        Map<String, @Nullable String> said = said(detail instanceof String text ? text : "");
        if (!said.isEmpty()) {
            changes.add(said);
            said.forEach((name, digest) -> digests.put(name, Optional.ofNullable(digest)));
            fold = GuardedDigests.folded(fold, said);
        }
    }

    /** Name of each row → its digest, or null for a row that was removed. */
    private static Map<String, @Nullable String> said(String detail) {
        Map<String, @Nullable String> said = new TreeMap<>();
        // A quote inside of a JSON string is escaped, so nobody's text matches.
        if (detail.contains("\"" + GuardedRows.MEMBER + "\":{")) {
            try {
                StrictJson.parse(detail.getBytes(StandardCharsets.UTF_8))
                        .path(GuardedRows.MEMBER)
                        .properties()
                        .forEach(member -> said.put(
                                member.getKey(),
                                member.getValue().isString() ? member.getValue().stringValue() : null));
            } catch (StrictJson.JsonRefused e) {
                // This program wrote no such row, so that its hash or a link gives it away; it says nothing.
                said.clear();
            }
        }
        return said;
    }
}
