package bulwark.kernel.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The schema of one store: scripts in order, named {@code V<number>__<what>.sql}, applied by Flyway; all of them to a new store at once.
 * A store remembers the name and the checksum of each script that it had, so neither ever changes. The text is SQLite's; PostgreSQL gets
 * it translated, or a text of its own from the folder {@code postgresql} beside the script.
 *
 * @param resources for instance {@code db/kernel/V001__outbox.sql}
 * @param generated the text of each resource that the program makes itself; the others are on the class path
 * @param generatedForPostgresql those of the generated texts that PostgreSQL gets instead; {@code $schema.} stands before the engine's own functions
 */
public record Migrations(
        List<String> resources, Map<String, String> generated, Map<String, String> generatedForPostgresql) {
    private static final Pattern NAME = Pattern.compile("(.*/)?(V(\\d+)__(\\w+)\\.sql)");

    public Migrations {
        resources = List.copyOf(resources);
        generated = Map.copyOf(generated);
        generatedForPostgresql = Map.copyOf(generatedForPostgresql);
    }

    /** Of scripts that are all on the class path. */
    public Migrations(List<String> resources) {
        this(resources, Map.of());
    }

    public Migrations(List<String> resources, Map<String, String> generated) {
        this(resources, generated, Map.of());
    }

    /** One script that the program makes itself. */
    public static Migrations generated(String resource, String text) {
        return new Migrations(List.of(resource), Map.of(resource, text));
    }

    /** One script that the program makes itself, as each engine takes it. */
    public static Migrations generated(String resource, String text, String postgresql) {
        return new Migrations(List.of(resource), Map.of(resource, text), Map.of(resource, postgresql));
    }

    /** Those that several owners of tables hand in, in the order of their numbers. */
    @SafeVarargs
    public static Migrations of(List<String>... owners) {
        return new Migrations(inOrder(Stream.of(owners).flatMap(List::stream)));
    }

    /** These and others, in the order of their numbers. */
    public Migrations and(Migrations others) {
        Map<String, String> texts = new HashMap<>(generated);
        texts.putAll(others.generated);
        Map<String, String> forPostgresql = new HashMap<>(generatedForPostgresql);
        forPostgresql.putAll(others.generatedForPostgresql);
        return new Migrations(
                inOrder(Stream.concat(resources.stream(), others.resources.stream())), texts, forPostgresql);
    }

    private static List<String> inOrder(Stream<String> resources) {
        return resources
                .sorted(Comparator.comparing(resource -> resource.substring(resource.lastIndexOf('/') + 1)))
                .toList();
    }

    /**
     * One script.
     *
     * @param version its number, as its name has it
     * @param text as SQLite takes it
     * @param checksum over that text, as stores remember it whatever their engine
     * @param postgresql what PostgreSQL gets instead; null for a translation
     */
    public record Script(
            String resource,
            String version,
            String description,
            String text,
            int checksum,
            @Nullable String postgresql) {
        public long number() {
            return Long.parseLong(version);
        }

        /** Where its owner keeps scripts. */
        public String folder() {
            return resource.substring(0, resource.lastIndexOf('/') + 1);
        }
    }

    /** Every script, in the order of their numbers. */
    public List<Script> scripts() {
        return resources.stream()
                .map(this::script)
                .sorted(Comparator.comparingLong(Script::number))
                .toList();
    }

    /** Their resources, in the order of their numbers. */
    List<String> inOrder() {
        return scripts().stream().map(Script::resource).toList();
    }

    private Script script(String resource) {
        Matcher name = NAME.matcher(resource);
        if (!name.matches()) {
            throw new IllegalArgumentException("not a migration of the form V<number>__<what>.sql: " + resource);
        }
        try {
            String text = text(resource);
            String folder = name.group(1) == null ? "" : name.group(1);
            @Nullable
            String postgresql = generated.containsKey(resource)
                    ? generatedForPostgresql.get(resource)
                    : onClassPath(folder + "postgresql/" + name.group(2));
            return new Script(
                    resource, name.group(3), name.group(4).replace('_', ' '), text, checksum(text), postgresql);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Flyway's: CRC-32 over the lines without their ends. */
    static int checksum(String sql) {
        CRC32 sum = new CRC32();
        sql.lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) sum.getValue();
    }

    /** The script of one resource, as SQLite takes it. */
    String text(String resource) throws IOException {
        @Nullable String text = generated.get(resource);
        if (text == null) {
            text = onClassPath(resource);
        }
        if (text == null) {
            throw new IllegalArgumentException("no such migration on the class path: " + resource);
        }
        return text;
    }

    private static @Nullable String onClassPath(String resource) throws IOException {
        try (InputStream in = Migrations.class.getClassLoader().getResourceAsStream(resource)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
