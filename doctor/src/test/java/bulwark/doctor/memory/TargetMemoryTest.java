package bulwark.doctor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetMemoryTest {
    @TempDir
    Path folder;

    @Test
    void what_was_saved_is_remembered_and_closed_to_others() throws IOException {
        LogCheckpoint checkpoint = new LogCheckpoint(3, 1, "ab", "then");
        try (TargetMemory memory = TargetMemory.open(folder, "one")) {
            assertThat(memory.firstVisit()).isTrue();
            assertThat(memory.pinned("key", "value")).isEmpty();
            memory.remember("log", checkpoint);
            memory.save("2026-01-01T00:00:00Z", Map.of("HOST-FILES-01", "fail"));
        }
        try (TargetMemory memory = TargetMemory.open(folder, "one")) {
            assertThat(memory.firstVisit()).isFalse();
            assertThat(memory.pinned("key", "other")).contains("value");
            assertThat(memory.log("log")).contains(checkpoint);
            assertThat(memory.verdicts()).containsEntry("HOST-FILES-01", "fail");
            assertThat(memory.forget("key")).isTrue();
            assertThat(memory.forget("key")).isFalse();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("one/memory.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void two_doctors_do_not_share_a_memory() throws IOException {
        try (TargetMemory first = TargetMemory.open(folder, "one")) {
            assertThat(first.folder()).isDirectory();
            assertThatThrownBy(() -> TargetMemory.open(folder, "one"))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("another doctor");
        }
    }

    @Test
    void a_damaged_or_open_memory_is_refused() throws IOException {
        try (TargetMemory memory = TargetMemory.open(folder, "one")) {
            memory.save("", Map.of());
        }
        Path file = folder.resolve("one/memory.json");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatThrownBy(() -> TargetMemory.open(folder, "one")).hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "{");
        assertThatThrownBy(() -> TargetMemory.open(folder, "one")).hasMessageContaining("cannot be trusted");
    }
}
