package bulwark.gateway.evidence;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Records as CSV (RFC 4180), for people with spreadsheets: every cell is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe. Not for verification: the JSON
 * export is.
 */
public final class DecisionCsv {
    private static final List<String> COLUMNS = List.of(
            "number",
            "at",
            "kind",
            "trace",
            "request_id",
            "tenant",
            "principal",
            "credential",
            "client",
            "method",
            "path",
            "query_sha256",
            "route",
            "policy_version",
            "decision",
            "rule",
            "code",
            "sentence",
            "status",
            "upstream",
            "complete",
            "request_bytes",
            "response_bytes",
            "duration_us",
            "minute",
            "count");
    private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

    private DecisionCsv() {}

    /** The names of the columns, with its line end. */
    public static String header() {
        return row(COLUMNS);
    }

    /** One record, with its line end. */
    public static String line(RecordedDecision record) {
        return row(COLUMNS.stream().map(column -> cell(record, column)).toList());
    }

    private static String cell(RecordedDecision record, String column) {
        Object value = column.equals("number")
                ? Long.valueOf(record.number())
                : record.members().get(column);
        return value == null ? "" : String.valueOf(value);
    }

    private static String row(List<String> cells) {
        return cells.stream().map(DecisionCsv::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String quoted(String cell) {
        String trimmed = cell.stripLeading();
        boolean formula = !cell.isEmpty()
                && (FORMULA.indexOf(cell.charAt(0)) >= 0
                        || !trimmed.isEmpty() && FORMULA.indexOf(trimmed.charAt(0)) >= 0);
        return '"' + (formula ? "'" : "") + cell.replace("\"", "\"\"") + '"';
    }
}
