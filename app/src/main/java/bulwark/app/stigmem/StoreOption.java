package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which store a command is about: {@code --db}, else STIGMEM_DB_PATH from the environment or {@code .env}. */
final class StoreOption {
    private final CommandContext context;

    @Option(names = "--db", description = "The node's store (default: STIGMEM_DB_PATH, else stigmem.db here).")
    private @Nullable Path db;

    StoreOption(CommandContext context) {
        this.context = context;
    }

    Path file() {
        return inFolder(db != null ? db : Path.of(settings().text("STIGMEM_DB_PATH")));
    }

    /** A path as it was typed, in the folder in which the command runs. */
    Path inFolder(Path typed) {
        return context.directory().resolve(typed).normalize();
    }

    Configuration settings() {
        return Configuration.readLenient(NodeSettings.schema(), context.environment(), context.directory());
    }

    Clock clock() {
        return context.clock();
    }

    /** The node's owner socket, also of a node that is stopped. */
    LocalAdmin owner() {
        return LocalAdmin.of(file(), settings(), context.clock());
    }
}
