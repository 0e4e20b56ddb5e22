package bulwark.app.dist;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One jar of the program as Maven resolved it.
 *
 * @param classifier null for most
 * @param file absolute path of the jar: of a library in the local repository, of an own module in its target folder
 */
record Component(
        String group, String name, String version, @Nullable String classifier, Path file) {

    /**
     * Reads the output of Maven's {@code dependency:list} with absolute file names: lines of the form
     * {@code group:name:jar[:classifier]:version:scope:/path/of.jar -- module …}.
     *
     * @return sorted by group and name, as Maven sorts them
     */
    static List<Component> parse(Stream<String> lines) {
        return lines.map(String::strip)
                .filter(line -> line.contains(":jar:"))
                .map(Component::parseLine)
                .toList();
    }

    private static Component parseLine(String line) {
        int module = line.indexOf(" -- ");
        String[] fields = (module < 0 ? line : line.substring(0, module)).split(":");
        return switch (fields.length) {
            case 6 -> new Component(fields[0], fields[1], fields[3], null, Path.of(fields[5]));
            case 7 -> new Component(fields[0], fields[1], fields[4], fields[3], Path.of(fields[6]));
            default -> throw new IllegalArgumentException("not a line of dependency:list: " + line);
        };
    }

    /** Name of the jar as Maven copies it. */
    String fileName() {
        return name + "-" + version + (classifier == null ? "" : "-" + classifier) + ".jar";
    }

    /** Of this project, not of somebody else's. */
    boolean own() {
        return group.equals("bulwark");
    }

    /** As the package-url specification writes it. */
    String packageUrl() {
        String qualifiers = classifier == null ? "?type=jar" : "?classifier=" + classifier + "&type=jar";
        return "pkg:maven/" + group + "/" + name + "@" + version + qualifiers;
    }

    /** Path inside a Maven repository. */
    String repositoryPath() {
        return group.replace('.', '/') + "/" + name + "/" + version + "/" + fileName();
    }
}
