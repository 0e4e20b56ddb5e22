package bulwark.acceptance;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A document beside the project, from which a test takes commands, never copies of them; substitutions are printed. */
public final class Document {
    private final String name;
    private final List<String> lines;
    private final Map<String, String> substitutions = new LinkedHashMap<>();

    private Document(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    public static Document read(String name) throws IOException {
        return new Document(name, Files.readAllLines(SharedMaterial.require("seeds/" + name)));
    }

    public Document replacing(String from, String to) {
        substitutions.put(from, to);
        return this;
    }

    /** Prints what this run puts in place of the document's own names. */
    public void printSubstitutions() {
        System.out.println("Substitutions in " + name + ":");
        substitutions.forEach((from, to) -> System.out.printf("  %-60s -> %s%n", oneLine(from), oneLine(to)));
    }

    /** The command that starts at the first line with this beginning, after the given heading, with its continuation lines. */
    public String command(String heading, String beginning) {
        int start = lineStarting(lineStarting(0, heading), beginning);
        int end = start;
        StringBuilder text = new StringBuilder(lines.get(start));
        while (continues(text.toString())) {
            end++;
            text.append('\n').append(lines.get(end));
        }
        return substituted(text.toString());
    }

    /** Lines from one beginning through another, both included. */
    public String block(String heading, String first, String last) {
        int start = lineStarting(lineStarting(0, heading), first);
        int end = lineStarting(start, last);
        return substituted(String.join("\n", lines.subList(start, end + 1)));
    }

    /**
     * The nth fenced block (from 1) after the first line that starts with the heading, without the indentation of the list it stands in.
     */
    public String fenced(String heading, int nth) {
        int at = lineStarting(0, heading);
        int fences = 0;
        while (fences < 2 * nth - 1) {
            at++;
            fences += lines.get(at).strip().startsWith("```") ? 1 : 0;
        }
        int first = at + 1;
        for (at++; !lines.get(at).strip().startsWith("```"); at++) {
            // up to the closing fence
        }
        return substituted(String.join("\n", lines.subList(first, at)).stripIndent());
    }

    /** The document's own words, to hold an expectation against. */
    public boolean says(String words) {
        return lines.stream().anyMatch(line -> line.contains(words));
    }

    private int lineStarting(int from, String beginning) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).startsWith(beginning)) {
                return i;
            }
        }
        throw new AssertionError(name + " has no line that starts with: " + beginning);
    }

    private static boolean continues(String text) {
        return text.endsWith("\\") || text.chars().filter(c -> c == '\'').count() % 2 == 1;
    }

    private String substituted(String text) {
        String result = text;
        for (Map.Entry<String, String> substitution : substitutions.entrySet()) {
            result = result.replace(substitution.getKey(), substitution.getValue());
        }
        return result;
    }

    private static String oneLine(String text) {
        return text.replace("\n", "\\n").replace("\\\n", " ");
    }
}
