package bulwark.app.cli;

import bulwark.kernel.error.PrintableText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns of fixed width between bars; what does not fit ends in three dots. Used by one thread. */
public final class TextTable {
    private final List<Integer> widths = new ArrayList<>();
    private final List<String> titles = new ArrayList<>();

    /** @param width in characters; the last column's is not filled up */
    public TextTable column(String title, int width) {
        titles.add(title);
        widths.add(width);
        return this;
    }

    public void header(PrintStream out) {
        row(out, titles.toArray(String[]::new));
    }

    public void row(PrintStream out, String... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String cell = cut(cells[i], widths.get(i));
            line.append(i == 0 ? "" : " | ").append(cell);
            if (i < cells.length - 1) {
                line.repeat(' ', Math.max(0, widths.get(i) - cell.length()));
            }
        }
        out.println(line);
    }

    /** One line of at most the width; what does not fit ends in three dots. */
    public static String cut(String text, int width) {
        String cell = PrintableText.line(text);
        return cell.length() <= width ? cell : cell.substring(0, Math.max(0, width - 3)) + "...";
    }
}
