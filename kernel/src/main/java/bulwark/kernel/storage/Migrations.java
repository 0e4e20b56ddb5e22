package bulwark.kernel.storage;

import java.util.List;

/**
 * The schema of one store: class-path resources in order, named {@code V<number>__<what>.sql}, applied by Flyway; all of them to a new store at once.
 *
 * @param resources for instance {@code db/kernel/V001__outbox.sql}
 */
public record Migrations(List<String> resources) {}
