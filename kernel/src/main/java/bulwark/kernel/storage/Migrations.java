package bulwark.kernel.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The schema of one store: scripts in order, named {@code V<number>__<what>.sql}, applied by Flyway; all of them to a new store at once.
 * A store remembers the name and the checksum of each script that it had, so neither ever changes.
 *
 * @param resources for instance {@code db/kernel/V001__outbox.sql}
 * @param generated the text of each resource that the program makes itself; the others are on the class path
 */
public record Migrations(List<String> resources, Map<String, String> generated) {
    public Migrations {
        resources = List.copyOf(resources);
        generated = Map.copyOf(generated);
    }

    /** Of scripts that are all on the class path. */
    public Migrations(List<String> resources) {
        this(resources, Map.of());
    }

    /** One script that the program makes itself. */
    public static Migrations generated(String resource, String text) {
        return new Migrations(List.of(resource), Map.of(resource, text));
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
        return new Migrations(inOrder(Stream.concat(resources.stream(), others.resources.stream())), texts);
    }

    private static List<String> inOrder(Stream<String> resources) {
        return resources
                .sorted(Comparator.comparing(resource -> resource.substring(resource.lastIndexOf('/') + 1)))
                .toList();
    }

    /** The script of one resource. */
    String text(String resource) throws IOException {
        @Nullable String made = generated.get(resource);
        if (made != null) {
            return made;
        }
        try (InputStream in = Migrations.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no such migration on the class path: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
