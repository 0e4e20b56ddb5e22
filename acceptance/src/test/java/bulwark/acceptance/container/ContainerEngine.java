package bulwark.acceptance.container;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Podman with images and state in a folder of its own. Every call has a deadline, since a profile that lets through too little can stop a runtime for ever. Its containers end with it. For one
 * thread.
 */
final class ContainerEngine implements AutoCloseable {
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(3);
    private static final Path SCRIPT = SharedMaterial.repository().resolve("scripts/container-engine.sh");

    /** Short: sockets lie in it. */
    private final Path folder;

    private ContainerEngine(Path folder) {
        this.folder = folder;
    }

    /** Where no container can run: one clear skip line. On a machine that could, with {@code CI=true}: a failure. */
    static ContainerEngine require() throws IOException, InterruptedException {
        RequiredProgram.onThePath("podman");
        ContainerEngine engine = new ContainerEngine(Files.createTempDirectory(Path.of("/tmp"), "pod"));
        String problem = engine.problem();
        if (problem != null) {
            engine.close();
            String sentence = "no container runs on this machine (" + problem + "): nothing of it was proved";
            if ("true".equals(System.getenv("CI")) && couldRun()) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return engine;
    }

    /** Null when containers run here. */
    private String problem() throws IOException, InterruptedException {
        if (!couldRun()) {
            return "they are run as root, with namespaces of their own";
        }
        Shell.Outcome info = podman("info", "--format", "{{.Host.OCIRuntime.Name}}");
        return info.exitCode() == 0 ? null : info.err().strip();
    }

    private static boolean couldRun() throws IOException, InterruptedException {
        return Shell.bash(
                                Path.of("/"),
                                Map.of(),
                                Duration.ofSeconds(30),
                                "[ $(id -u) -eq 0 ] && unshare --mount --pid --fork --net true")
                        .exitCode()
                == 0;
    }

    Shell.Outcome podman(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), folder.toString(), "podman"));
        command.addAll(List.of(arguments));
        return Shell.run(SharedMaterial.repository(), Map.of(), CALL_TIMEOUT, command);
    }

    /** What podman prints, without the end of the line. @throws AssertionError when it fails */
    String output(String... arguments) throws IOException, InterruptedException {
        Shell.Outcome outcome = podman(arguments);
        assertThat(outcome.exitCode()).as("%s: %s", List.of(arguments), outcome).isZero();
        return outcome.out().strip();
    }

    /** Loads an archive. @return the image's id */
    String load(Path archive) throws IOException, InterruptedException {
        output("load", "-q", "-i", archive.toString());
        return output("images", "-q", "--no-trunc").lines().findFirst().orElseThrow();
    }

    /**
     * A folder with a program {@code docker}, to stand first on a PATH: it is podman. Its {@code pull} takes the archive that was built here, since a document's registry is not asked; a container that
     * {@code run} is not told the name of gets the one by which the document looks for it.
     */
    Path dockerShim(Path into, Path archive, String name) throws IOException {
        Files.createDirectories(into);
        Path shim = into.resolve("docker");
        Files.writeString(shim, """
                #!/usr/bin/env bash
                set -euo pipefail
                podman=("%s" "%s" podman)
                verb=$1; shift
                case "$verb" in
                  pull) "${podman[@]}" load -q -i "%s" >/dev/null; exec "${podman[@]}" tag "$("${podman[@]}" images -q | head -n 1)" "$1" ;;
                  run) exec "${podman[@]}" run --pull=never --read-only-tmpfs=false --name "%s" "$@" ;;
                  *) exec "${podman[@]}" "$verb" "$@" ;;
                esac
                """.formatted(SCRIPT, folder, archive, name));
        Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
        return into;
    }

    /** Process id of a container's first process, as this machine counts. */
    long pid(String container) throws IOException, InterruptedException {
        return Long.parseLong(output("inspect", "--format", "{{.State.Pid}}", container));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        podman("rm", "-f", "-a", "-t", "0", "-v");
        podman("volume", "prune", "-f");
        podman("network", "prune", "-f");
        Shell.bash(
                Path.of("/"),
                Map.of(),
                Duration.ofMinutes(1),
                "grep -o ' " + folder + "/[^ ]*' /proc/self/mountinfo | sort -ru | xargs -r -n 1 umount -l; true");
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
