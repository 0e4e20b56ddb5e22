package bulwark.seats.settings;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.postgresql.PostgresStore;
import bulwark.kernel.postgresql.PostgresUrl;
import bulwark.kernel.postgresql.StoreUrl;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.storage.StoreRefused;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The values of {@code DATABASE_URL} and of the URL of the role that owns the schema. They may hold a password, so that no sentence repeats them. */
public final class DatabaseUrl {
    /** Names what this process keeps beside a database: keys, log, run file. */
    private static final String BESIDE = "seats.db";

    private DatabaseUrl() {}

    /**
     * Where the settings put the store.
     *
     * @param settings read again for each connection, so that a password that was rotated is taken
     * @param directory that relative paths start from
     * @throws StoreRefused when a URL is none
     */
    public static StoreLocation location(Supplier<Configuration> settings, Path directory) {
        Configuration first = settings.get();
        StoreUrl url = StoreUrl.parse(text(first, SeatSettings.DATABASE).orElse(""), SeatSettings.DATABASE, directory);
        return switch (url) {
            case StoreUrl.File file -> StoreLocation.file(file.path());
            case StoreUrl.Database database ->
                StoreLocation.database(
                        directory.resolve(BESIDE),
                        new PostgresStore.Access(() -> current(settings, SeatSettings.DATABASE), owner(settings)));
        };
    }

    private static @Nullable Supplier<PostgresUrl> owner(Supplier<Configuration> settings) {
        return settings.get().secret(SeatSettings.DATABASE_MIGRATION).isPresent()
                ? () -> current(settings, SeatSettings.DATABASE_MIGRATION)
                : null;
    }

    private static PostgresUrl current(Supplier<Configuration> settings, String name) {
        return PostgresUrl.parse(
                text(settings.get(), name).orElseThrow(() -> new StoreRefused(name + " is no longer set.")), name);
    }

    private static Optional<String> text(Configuration settings, String name) {
        return settings.secret(name).map(secret -> secret.exposeText(SecretAccess.grant()));
    }

    /** Why this value cannot be used, to stand after the name of the setting. */
    public static Optional<String> problem(String url) {
        try {
            return switch (StoreUrl.parse(url, "", Path.of(""))) {
                case StoreUrl.File file -> fileProblem(url);
                case StoreUrl.Database database -> Optional.empty();
            };
        } catch (InvalidPathException e) {
            return fileProblem("");
        } catch (StoreRefused refused) {
            return Optional.of(String.valueOf(refused.getMessage()).strip());
        }
    }

    private static Optional<String> fileProblem(String url) {
        String path = url.startsWith(StoreUrl.SQLITE) ? url.substring(StoreUrl.SQLITE.length()) : "";
        boolean named = !path.isBlank()
                && !path.startsWith("//")
                && !path.contains("?")
                && Path.of(path).getFileName() != null;
        return named ? Optional.empty() : Optional.of("must name a file: sqlite:seats.db or sqlite:/srv/seats.db");
    }

    /** Why the URL of the schema's owner does not fit that of the store, to stand after its name. */
    public static Optional<String> migrationProblem(String store, String migration) {
        if (!PostgresUrl.isOne(migration)) {
            return Optional.of("must be a postgresql:// URL of the role that owns the schema");
        }
        if (!PostgresUrl.isOne(store)) {
            return Optional.of(
                    "is of use beside a postgresql:// URL in " + SeatSettings.DATABASE + " alone: a file has no roles");
        }
        return problem(migration);
    }
}
