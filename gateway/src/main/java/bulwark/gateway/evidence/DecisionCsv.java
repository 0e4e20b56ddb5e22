package bulwark.gateway.evidence;

import java.util.List;

/** Records as {@link SafeCsv}. Not for verification: the JSON export is. */
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

    private DecisionCsv() {}

    /** The names of the columns, with its line end. */
    public static String header() {
        return SafeCsv.row(COLUMNS);
    }

    /** One record, with its line end. */
    public static String line(RecordedDecision record) {
        return SafeCsv.row(COLUMNS.stream().map(column -> cell(record, column)).toList());
    }

    private static String cell(RecordedDecision record, String column) {
        Object value = column.equals("number")
                ? Long.valueOf(record.number())
                : record.members().get(column);
        return value == null ? "" : String.valueOf(value);
    }
}
