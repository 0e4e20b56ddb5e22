package bulwark.kernel.evidence;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an audit log says the rows of {@link GuardedTable}s must be. The log is the evidence, the table is only where it is quick to
 * find: a row that the log does not vouch for is an edit by somebody who can write the file, and is not to be honoured. Thread-safe.
 */
public final class GuardedRows {
    /** Member of an audit row's detail: name of each row → its digest, or null for a row that was removed. */
    static final String MEMBER = "row_digests";

    /** Digests of rows that were there before the log vouched for them. */
    public static final AuditEventType BASELINE = AuditEventType.ofAction(
            "admin_action",
            "access_baseline",
            "rows that decide about access came under the protection of the log",
            "row_digests");

    private static final int BASELINE_ROWS = 500;

    private final AuditLog audit;
    private final String auditTable;
    /** What was read from the log, by row name; the log itself decides where this does not know. */
    private final Map<String, Optional<String>> known = new ConcurrentHashMap<>();

    GuardedRows(AuditLog audit, String auditTable) {
        this.audit = audit;
        this.auditTable = auditTable;
    }

    /** Audits a change of one row: call it after the change and in its transaction. */
    public AuditRow append(WriteTx tx, AuditEvent event, GuardedTable table, String... key) throws SQLException {
        return append(tx, event, Map.of(table, List.of(List.of(key))));
    }

    /** As {@link #append(WriteTx, AuditEvent, GuardedTable, String...)}, for several rows that change together. */
    public AuditRow append(WriteTx tx, AuditEvent event, Map<GuardedTable, List<List<String>>> changed)
            throws SQLException {
        Map<String, @Nullable String> digests = new TreeMap<>();
        for (Map.Entry<GuardedTable, List<List<String>>> entry : changed.entrySet()) {
            RowDigests of = RowDigests.of(tx, entry.getKey());
            for (List<String> key : entry.getValue()) {
                digests.put(entry.getKey().rowName(key), of.of(tx, key));
            }
        }
        return appendDigests(tx, event, digests);
    }

    private AuditRow appendDigests(WriteTx tx, AuditEvent event, Map<String, @Nullable String> digests)
            throws SQLException {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>(event.detail());
        detail.put(MEMBER, digests);
        AuditRow row = audit.append(
                tx,
                new AuditEvent(event.type(), event.actor(), event.tenant(), event.subject(), event.source(), detail));
        tx.afterCommit(() -> digests.forEach((name, digest) -> known.put(name, Optional.ofNullable(digest))));
        return row;
    }

    /** Whether the row is there and is what the log says it must be. */
    public boolean vouchesFor(ReadTx tx, GuardedTable table, String... key) throws SQLException {
        String digest = RowDigests.of(tx, table).of(tx, List.of(key));
        if (digest == null) {
            return false;
        }
        String name = table.rowName(List.of(key));
        if (Optional.of(digest).equals(known.get(name))) {
            return true;
        }
        // Perhaps this snapshot is newer than what is known, or nothing was read yet.
        Map<String, Optional<String>> logged = logged(tx);
        logged.forEach(known::putIfAbsent);
        return Optional.of(digest).equals(logged.get(name));
    }

    /** Compares every row of these tables with the log. @return problems, one sentence each, empty when whole */
    public static List<String> check(ReadTx tx, String auditTable, List<GuardedTable> tables) throws SQLException {
        // An index is part of the file that is judged here.
        Map<String, Optional<String>> logged = logged(tx, auditTable + " NOT INDEXED");
        List<String> problems = new ArrayList<>();
        for (GuardedTable table : tables) {
            Map<String, String> rows = RowDigests.of(tx, table).all(tx);
            rows.forEach((name, digest) -> {
                Optional<String> expected = logged.get(name);
                if (expected == null) {
                    problems.add("Row " + name + " follows from no row of " + auditTable + ": it was put in by hand.");
                } else if (expected.isEmpty()) {
                    problems.add("Row " + name + " was removed according to " + auditTable + ", and is there again.");
                } else if (!expected.get().equals(digest)) {
                    problems.add("Row " + name + " is not what " + auditTable + " says: it was changed by hand.");
                }
            });
            logged.forEach((name, digest) -> {
                if (digest.isPresent() && name.startsWith(table.name() + "/") && !rows.containsKey(name)) {
                    problems.add("Row " + name + " is missing, and " + auditTable + " knows of no removal.");
                }
            });
        }
        return problems;
    }

    /**
     * Writes down the rows of tables that the log has no digest of yet: those of a store from before digests were audited.
     *
     * @return how many rows
     * @param vouched which of those rows follow from what such a store audited; the others are left out, and so are not honoured
     */
    public int baseline(WriteTx tx, List<GuardedTable> tables, Vouching vouched, String tenant) throws SQLException {
        Map<String, @Nullable String> digests = new TreeMap<>();
        for (GuardedTable table : without(tx, tables)) {
            for (Map.Entry<String, String> row :
                    RowDigests.of(tx, table).all(tx).entrySet()) {
                if (vouched.vouches(
                        tx, table, row.getKey().substring(table.name().length() + 1))) {
                    digests.put(row.getKey(), row.getValue());
                }
            }
        }
        List<String> names = List.copyOf(digests.keySet());
        for (int from = 0; from < names.size(); from += BASELINE_ROWS) {
            Map<String, @Nullable String> part = new TreeMap<>();
            names.subList(from, Math.min(names.size(), from + BASELINE_ROWS))
                    .forEach(name -> part.put(name, digests.get(name)));
            appendDigests(tx, BASELINE.event(null, tenant, null, null, Map.of("action", BASELINE.action())), part);
        }
        return digests.size();
    }

    /** Whether one of these tables has rows while the log has no digest of any row of it. */
    public boolean lacksBaseline(ReadTx tx, List<GuardedTable> tables) throws SQLException {
        for (GuardedTable table : without(tx, tables)) {
            try (ResultSet row =
                    tx.statement("SELECT 1 FROM " + table.name() + " LIMIT 1").executeQuery()) {
                if (row.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<GuardedTable> without(ReadTx tx, List<GuardedTable> tables) throws SQLException {
        Map<String, Optional<String>> logged = logged(tx);
        return tables.stream()
                .filter(table -> logged.keySet().stream().noneMatch(name -> name.startsWith(table.name() + "/")))
                .toList();
    }

    /** Whether the older evidence vouches for a row; the key's parts are joined by blanks. */
    public interface Vouching {
        boolean vouches(ReadTx tx, GuardedTable table, String key) throws SQLException;
    }

    private Map<String, Optional<String>> logged(ReadTx tx) throws SQLException {
        return logged(tx, auditTable);
    }

    /** The newest word about each row. @param source the audit table, or {@code <table> NOT INDEXED} */
    private static Map<String, Optional<String>> logged(ReadTx tx, String source) throws SQLException {
        Map<String, Optional<String>> logged = new TreeMap<>();
        // The same expression as in a part's partial index: a quote inside of a JSON string is escaped, so nobody's
        // text matches.
        PreparedStatement select = tx.statement(
                "SELECT detail FROM " + source + " WHERE instr(detail, '\"" + MEMBER + "\":{') > 0 ORDER BY seq");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                JsonNode digests = StrictJson.parse(rows.getString(1).getBytes(StandardCharsets.UTF_8))
                        .path(MEMBER);
                digests.properties()
                        .forEach(member -> logged.put(
                                member.getKey(),
                                member.getValue().isString()
                                        ? Optional.of(member.getValue().stringValue())
                                        : Optional.empty()));
            }
        } catch (StrictJson.JsonRefused e) {
            throw new SQLException("a row of " + source + " holds no JSON", e);
        }
        return logged;
    }
}
