package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadableStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What no run of this program leaves behind in a task store: damage to the file, or an edit by hand. */
final class StoreRules {
    private static final int MAX_PROBLEMS = 20;

    /** Sentence, with the row's name for {@code %s}, and the rows that it is true of. */
    private static final Map<String, String> RULES = Map.ofEntries(
            Map.entry("Entry %s holds no JSON.", "SELECT id FROM task_entries WHERE NOT json_valid(message) LIMIT ?"),
            Map.entry(
                    "Entry %s has an id that was never given out.",
                    "SELECT id FROM task_entries WHERE id > coalesce((SELECT value FROM task_counters"
                            + " WHERE name = 'entry_id'), 0) LIMIT ?"),
            Map.entry(
                    "Entry %s waits for limits that are not there, or is held although it waits.",
                    "SELECT id FROM task_entries e WHERE backlog IS NOT NULL AND (delivery <> 0 OR NOT EXISTS"
                            + " (SELECT 1 FROM task_backlogs b WHERE b.id = e.backlog AND b.queue = e.queue)) LIMIT ?"),
            Map.entry(
                    "Backlog %s says in no JSON what it waits for.",
                    "SELECT id FROM task_backlogs WHERE NOT json_valid(limits) LIMIT ?"),
            Map.entry(
                    "Dead letter %s holds no JSON.",
                    "SELECT id FROM task_dead_letters WHERE NOT json_valid(meta) OR NOT json_valid(coalesce(message,"
                            + " fields)) LIMIT ?"),
            Map.entry(
                    "Dead letter %s is filed under another task than its own.",
                    "SELECT id FROM task_dead_letters WHERE message IS NOT NULL AND json_valid(message)"
                            + " AND task_id IS NOT json_extract(message, '$.id') LIMIT ?"),
            Map.entry(
                    "The status of task %s holds no JSON.",
                    "SELECT id FROM task_results WHERE NOT json_valid(body) LIMIT ?"),
            Map.entry(
                    "The status of task %s is not the one that its row names.",
                    "SELECT id FROM task_results WHERE json_valid(body) AND (json_extract(body, '$.id') IS NOT id"
                            + " OR json_extract(body, '$.state') IS NOT state"
                            + " OR (fence IS NOT NULL AND json_extract(body, '$.meta.\"stem.fence\"') IS NOT fence)) LIMIT ?"),
            Map.entry(
                    "The status of task %s is in no known state.",
                    "SELECT id FROM task_results WHERE state NOT IN"
                            + " ('queued', 'running', 'succeeded', 'failed', 'retried', 'cancelled') LIMIT ?"),
            Map.entry(
                    "Group %s holds no JSON.",
                    "SELECT id FROM task_groups WHERE NOT json_valid(meta) UNION ALL SELECT group_id"
                            + " FROM task_group_results WHERE NOT json_valid(body) LIMIT ?"),
            Map.entry(
                    "Schedule %s holds no JSON, or another version than its row.",
                    "SELECT id FROM task_schedules WHERE NOT json_valid(body)"
                            + " OR json_extract(body, '$.version') IS NOT version"
                            + " OR json_extract(body, '$.id') IS NOT id LIMIT ?"),
            Map.entry(
                    "The heartbeat of worker %s holds no JSON.",
                    "SELECT worker_id FROM task_heartbeats WHERE NOT json_valid(body) LIMIT ?"));

    private StoreRules() {}

    /** @return problems, one sentence each, empty when whole */
    static List<String> problems(ReadableStore store) {
        List<String> problems = new ArrayList<>();
        RULES.forEach((sentence, rows) -> problems.addAll(broken(store, sentence, rows)));
        return problems;
    }

    private static List<String> broken(ReadableStore store, String sentence, String rows) {
        return store.read(tx -> {
            var select = tx.statement(rows);
            select.setInt(1, MAX_PROBLEMS);
            return sentences(select.executeQuery(), sentence);
        });
    }

    private static List<String> sentences(ResultSet rows, String sentence) throws SQLException {
        List<String> found = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                found.add(String.format(sentence, rows.getString(1)));
            }
        }
        return found;
    }
}
