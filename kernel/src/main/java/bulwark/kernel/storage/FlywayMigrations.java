package bulwark.kernel.storage;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogFactory;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Applies migrations. The only class that names Flyway: a start on a new or current store never loads it. */
final class FlywayMigrations {
    private FlywayMigrations() {}

    static void run(Path file, Migrations migrations) {
        try {
            Flyway flyway = Flyway.configure(FlywayMigrations.class.getClassLoader())
                    .dataSource(Sqlite.dataSource(file))
                    .resourceProvider(new Listed(migrations))
                    .javaMigrationClassProvider(List::of)
                    .skipDefaultCallbacks(true)
                    .outOfOrder(true)
                    .load();
            // Loading chooses a log by itself, so ours comes after.
            LogFactory.setLogCreator(ignored -> new QuietLog());
            flyway.migrate();
        } catch (FlywayException e) {
            throw new StoreRefused("The schema of " + file + " could not be brought up to date: "
                    + String.valueOf(e.getMessage()).strip());
        }
    }

    /** Finds exactly what is listed; the class path is not scanned. */
    private static final class Listed implements ResourceProvider {
        private final List<Script> resources;

        Listed(Migrations migrations) {
            resources = migrations.resources().stream()
                    .map(path -> new Script(migrations, path))
                    .toList();
        }

        @Override
        public @Nullable LoadableResource getResource(String name) {
            return resources.stream()
                    .filter(resource -> resource.path.equals(name))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return resources.stream()
                    .filter(resource -> resource.getFilename().startsWith(prefix)
                            && Arrays.stream(suffixes).anyMatch(resource.path::endsWith))
                    .<LoadableResource>map(resource -> resource)
                    .toList();
        }
    }

    private static final class Script extends LoadableResource {
        private final Migrations migrations;
        private final String path;

        Script(Migrations migrations, String path) {
            this.migrations = migrations;
            this.path = path;
        }

        @Override
        public Reader read() {
            try {
                return new StringReader(migrations.text(path));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String getAbsolutePath() {
            return path;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return path;
        }

        @Override
        public String getFilename() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        @Override
        public String getRelativePath() {
            return path;
        }
    }

    /** Passes on what an operator must know; the steps themselves stand in the schema history. */
    private static final class QuietLog implements Log {
        private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(FlywayMigrations.class);

        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void notice(String message) {}

        @Override
        public void warn(String message) {
            LOG.debug(message);
        }

        @Override
        public void error(String message) {
            LOG.error(message);
        }

        @Override
        public void error(String message, Exception cause) {
            LOG.error(message, cause);
        }
    }
}
