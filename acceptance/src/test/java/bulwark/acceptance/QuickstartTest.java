package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first screen and the quickstarts, each command run and its answer compared with what the document shows. */
class QuickstartTest {
    @TempDir
    Path home;

    @Test
    void the_first_screen_of_the_readme_runs_as_written() throws Exception {
        try (Walkthrough readme = onFreePorts("README.md")
                .replacing("localhost:8000", "localhost:" + FreePort.base())
                .upTo("## What you have after `up`")) {
            assertThat(readme.run()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void the_quickstart_of_facts_runs_as_written() throws Exception {
        try (Walkthrough facts = onFreePorts("docs/facts/quickstart.md")
                .replacing("localhost:8000", "localhost:" + FreePort.base())
                .replacing("../../bin/", SharedMaterial.repository().resolve("bin") + "/")) {
            assertThat(facts.run()).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void the_quickstart_of_the_gateway_runs_as_written() throws Exception {
        int base = FreePort.base();
        try (Walkthrough gateway = onFreePorts("docs/gateway/quickstart.md", base)
                .replacing("127.0.0.1:8000", "127.0.0.1:" + base)
                .replacing("localhost:8090", "localhost:" + (base + 90))
                .replacing("STOA_PORT=8090", "STOA_PORT=" + (base + 90))
                .replacing("port 8090", "port " + (base + 90))
                .with("HOME", home.toString())) {
            assertThat(gateway.run()).isGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void the_page_of_the_control_plane_runs_as_written() throws Exception {
        int base = FreePort.base();
        try (Walkthrough control = onFreePorts("docs/gateway/control-plane.md", base)
                .replacing("127.0.0.1:8000", "127.0.0.1:" + base)
                .replacing("localhost:8100", "localhost:" + (base + 100))
                .replacing("127.0.0.1:8100", "127.0.0.1:" + (base + 100))
                .replacing("STOA_PORT=8100", "STOA_PORT=" + (base + 100))
                .replacing("port 8100", "port " + (base + 100))
                .replacing("localhost:8090", "localhost:" + (base + 90))
                .replacing("STOA_PORT=8090", "STOA_PORT=" + (base + 90))
                .replacing("port 8090", "port " + (base + 90))
                .with("HOME", home.toString())) {
            assertThat(control.run()).isGreaterThanOrEqualTo(11);
        }
    }

    /** The jars are made in fresh copies and go to local repositories of this test's own, which begin with what the usual one holds. */
    @Test
    void the_quickstart_of_tasks_runs_as_written_from_java_too_and_two_copies_publish_the_same_jars() throws Exception {
        Path published = localRepository("published");
        Path copy = SourceCopy.into(home.resolve("copy"));
        try (Walkthrough tasks = onFreePorts("docs/tasks/quickstart.md")
                .replacing("./bulwark publish-local", copy + "/bulwark publish-local")
                .with("MAVEN_OPTS", "-Dmaven.repo.local=" + published)
                .with("HOME", home.toString())) {
            assertThat(tasks.run()).isGreaterThanOrEqualTo(6);
        }
        Path again = localRepository("again");
        bash(
                Map.of("MAVEN_OPTS", "-Dmaven.repo.local=" + again),
                SourceCopy.into(home.resolve("other")) + "/bulwark publish-local");
        for (String jar : List.of("kernel", "web", "tasks")) {
            String path = "bulwark/%1$s/0.1.0/%1$s-0.1.0.jar".formatted(jar);
            assertThat(again.resolve(path)).hasSameBinaryContentAs(published.resolve(path));
        }
        assertThat(published.resolve("bulwark/testkit/0.1.0")).doesNotExist();
        // Else JUnit warns of each link that leads out of the folder that it removes.
        bash(Map.of(), "rm -rf '%s' '%s'".formatted(published, again));
    }

    private Path localRepository(String name) throws Exception {
        Path repository = Files.createDirectory(home.resolve(name));
        Path usual = Path.of(System.getProperty("user.home"), ".m2/repository");
        if (Files.isDirectory(usual)) {
            bash(Map.of(), "cp -as '%1$s/.' '%2$s' && rm -rf '%2$s/bulwark'".formatted(usual, repository));
        }
        return repository;
    }

    private Walkthrough onFreePorts(String document) throws Exception {
        return onFreePorts(document, FreePort.base()).replacing(".bulwark/", home.resolve("state") + "/");
    }

    private Walkthrough onFreePorts(String document, int base) throws Exception {
        return new Walkthrough(document, home)
                .replacing("./bulwark up", "./bulwark up --port-base " + base + " --state " + home.resolve("state"))
                .with("JAVA_HOME", System.getProperty("java.home"));
    }

    private void bash(Map<String, String> environment, String script) throws Exception {
        Shell.Outcome outcome = Shell.bash(home, environment, Duration.ofSeconds(300), script);
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
}
