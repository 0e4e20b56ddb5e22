package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher's own function, read out of it and run on a machine that the test describes. */
class LauncherHeapTest {
    @TempDir
    Path root;

    @ParameterizedTest(name = "{0} MB, limit {1} -> {2}")
    @CsvSource(
            nullValues = "none",
            value = {
                "16384, none, 2048m",
                "8192, none, 1024m",
                "1024, none, 256m",
                "256, none, 128m",
                "16384, max, 2048m",
                "16384, 4294967296, 512m",
                "16384, 536870912, 256m",
                "16384, 268435456, 128m",
                "2048, 34359738368, 256m"
            })
    void the_heap_is_an_eighth_of_the_machine_or_of_the_group_and_at_most_half(
            long machineMb, @Nullable String group, String heap) throws Exception {
        machine(machineMb);
        if (group != null) {
            write("sys/fs/cgroup/memory.max", group);
        }
        assertThat(heap()).isEqualTo(heap);
    }

    @Test
    void the_limit_of_an_older_group_counts_too_and_one_that_means_none_does_not() throws Exception {
        machine(16_384);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824");
        assertThat(heap()).isEqualTo("256m");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        assertThat(heap()).isEqualTo("2048m");
    }

    private void machine(long megabytes) throws Exception {
        write("proc/meminfo", "MemTotal:       " + megabytes * 1024 + " kB\nMemFree:        1024 kB");
    }

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    private String heap() throws Exception {
        String launcher = Files.readString(SharedMaterial.repository().resolve("bulwark"));
        int start = launcher.indexOf("memory_total() {");
        String function =
                launcher.substring(start, launcher.indexOf("\n}\n", launcher.indexOf("default_heap() {")) + 3);
        Shell.Outcome outcome = Shell.bash(
                root, Map.of(), Duration.ofSeconds(20), "set -euo pipefail\n" + function + "default_heap \"$PWD\"");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return outcome.out().strip();
    }
}
