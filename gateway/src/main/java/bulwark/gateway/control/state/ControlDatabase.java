package bulwark.gateway.control.state;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.postgresql.PostgresStore;
import bulwark.kernel.postgresql.PostgresUrl;
import bulwark.kernel.postgresql.StoreUrl;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which store a control plane uses: a file in its state folder, another file, or a PostgreSQL database. The credential of a database is read from the settings again for each
 * connection. Immutable.
 */
public final class ControlDatabase {
    public static final String URL = "STOA_DATABASE_URL";
    public static final String MIGRATION_URL = "STOA_DATABASE_MIGRATION_URL";

    private static final String FILE = "control.db";

    private final Path stateFolder;
    private final Supplier<Configuration> settings;
    private final @Nullable StoreUrl url;
    private final boolean migrating;

    private ControlDatabase(Path stateFolder, Supplier<Configuration> settings, Configuration first, Path directory) {
        this.stateFolder = stateFolder;
        this.settings = settings;
        this.url = text(first, URL)
                .map(text -> StoreUrl.parse(text, URL, directory))
                .orElse(null);
        this.migrating = first.secret(MIGRATION_URL).isPresent();
    }

    /**
     * @param settings read again for each connection
     * @param directory that relative paths start from
     * @throws StoreRefused when a URL is none
     */
    public static ControlDatabase of(Supplier<Configuration> settings, Path directory) {
        Configuration first = settings.get();
        return new ControlDatabase(directory.resolve(first.text("STOA_STATE_DIR")), settings, first, directory);
    }

    private static Optional<String> text(Configuration settings, String name) {
        return settings.secret(name).map((SecretBytes secret) -> secret.exposeText(SecretAccess.grant()));
    }

    public Path stateFolder() {
        return stateFolder;
    }

    /** The store's file; of a database the name beside which the keys and the log of this process lie. */
    public Path file() {
        return location().base();
    }

    private StoreLocation location() {
        return switch (url) {
            case StoreUrl.File file -> StoreLocation.file(file.path());
            case StoreUrl.Database database ->
                StoreLocation.database(
                        stateFolder.resolve(FILE),
                        new PostgresStore.Access(() -> current(URL), migrating ? () -> current(MIGRATION_URL) : null));
            case null -> StoreLocation.file(stateFolder.resolve(FILE));
        };
    }

    AuditedStore open(AuditedStore.Layout layout, Acceptance acceptance, Clock clock) {
        try {
            OwnerOnlyFiles.createDirectories(stateFolder);
        } catch (IOException e) {
            throw new UncheckedIOException("STOA_STATE_DIR cannot be made: " + e.getMessage(), e);
        }
        return location().open(layout, SchemaPolicy.CREATE_OR_UPGRADE, acceptance, clock);
    }

    private PostgresUrl current(String name) {
        return PostgresUrl.parse(
                text(settings.get(), name).orElseThrow(() -> new StoreRefused(name + " is no longer set.")), name);
    }

    Fsck.Report fsck(AuditedStore.Layout layout) {
        return location().fsck(layout);
    }
}
