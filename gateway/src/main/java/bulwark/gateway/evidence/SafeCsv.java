package bulwark.gateway.evidence;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of CSV (RFC 4180) for people with spreadsheets: every cell is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe. */
public final class SafeCsv {
    private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

    private SafeCsv() {}

    /** With its line end. */
    public static String row(List<String> cells) {
        return cells.stream().map(SafeCsv::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String quoted(String cell) {
        String trimmed = cell.stripLeading();
        boolean formula = !cell.isEmpty()
                && (FORMULA.indexOf(cell.charAt(0)) >= 0
                        || !trimmed.isEmpty() && FORMULA.indexOf(trimmed.charAt(0)) >= 0);
        return '"' + (formula ? "'" : "") + cell.replace("\"", "\"\"") + '"';
    }
}
