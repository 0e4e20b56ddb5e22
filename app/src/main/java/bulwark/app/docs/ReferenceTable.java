package bulwark.app.docs;

import java.util.ArrayList;
import java.util.List;

/** Rows under titles, as Markdown. */
final class ReferenceTable {
    private final List<String> lines = new ArrayList<>();

    ReferenceTable(String... titles) {
        row(titles);
        lines.add("|" + "---|".repeat(titles.length));
    }

    ReferenceTable row(String... cells) {
        StringBuilder line = new StringBuilder("|");
        for (String cell : cells) {
            line.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        lines.add(line.toString());
        return this;
    }

    static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    /** Each word as code, with commas between. */
    static String codes(Iterable<String> words) {
        List<String> list = new ArrayList<>();
        words.forEach(word -> list.add(code(word)));
        return String.join(", ", list);
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }
}
