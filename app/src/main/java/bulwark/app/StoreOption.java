package bulwark.app;

import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which store a command is about: {@code --db}, else STIGMEM_DB_PATH from the environment or {@code .env}. */
final class StoreOption {
    @Option(names = "--db", description = "The node's store (default: STIGMEM_DB_PATH, else stigmem.db here).")
    private @Nullable Path db;

    Path file() {
        if (db != null) {
            return db.toAbsolutePath().normalize();
        }
        Path here = Path.of("").toAbsolutePath();
        String configured = Configuration.readLenient(NodeSettings.schema(), System.getenv(), here)
                .text("STIGMEM_DB_PATH");
        return here.resolve(configured).normalize();
    }
}
