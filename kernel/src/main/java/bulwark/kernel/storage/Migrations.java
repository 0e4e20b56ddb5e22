package bulwark.kernel.storage;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The schema of one store: class-path resources in order, named {@code V<number>__<what>.sql}, applied by Flyway; all of them to a new store at once.
 *
 * @param resources for instance {@code db/kernel/V001__outbox.sql}
 */
public record Migrations(List<String> resources) {
    /** Those that several owners of tables hand in, in the order of their numbers. */
    @SafeVarargs
    public static Migrations of(List<String>... owners) {
        return new Migrations(Stream.of(owners)
                .flatMap(List::stream)
                .sorted(Comparator.comparing(resource -> resource.substring(resource.lastIndexOf('/') + 1)))
                .toList());
    }
}
