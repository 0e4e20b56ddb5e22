package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A fresh copy of the sources, where nothing has been built; dependencies that were fetched before are taken from where they are. */
final class SourceCopy {
    private SourceCopy() {}

    /** @param folder made by this */
    static Path into(Path folder) throws IOException, InterruptedException {
        Path repository = SharedMaterial.repository();
        Path fetched = repository.resolve(".bulwark/dependencies-cached");
        Path home = Files.createDirectories(folder.resolve(".bulwark"));
        Shell.Outcome copied = Shell.bash(
                repository,
                Map.of("COPY", folder.toString()),
                Duration.ofSeconds(60),
                "git ls-files -co --exclude-standard -z | tar -c --null -T - --ignore-failed-read | tar -x -C \"$COPY\"");
        assertThat(copied.exitCode()).as(copied.err()).isZero();
        if (Files.exists(fetched)) {
            Files.copy(fetched, home.resolve("dependencies-cached"));
        }
        return folder;
    }
}
