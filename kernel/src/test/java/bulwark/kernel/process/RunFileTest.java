package bulwark.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
    @TempDir
    Path directory;

    @Test
    void what_a_live_process_wrote_is_read_back() throws IOException {
        Path store = directory.resolve("facts.db");
        RunFile written = new RunFile(
                ProcessHandle.current().pid(), RunFile.socketFor(store, "node"), Map.of("port", 8765, "plain_port", 0));
        written.write(store);
        assertThat(RunFile.ofRunning(store)).contains(written);
        OwnerOnlyFiles.check(directory.resolve("facts.db.run.json"));
        RunFile.remove(store);
        assertThat(RunFile.ofRunning(store)).isEmpty();
    }

    @Test
    void a_file_that_is_older_than_the_process_of_its_number_names_nobody() throws IOException {
        Path store = directory.resolve("facts.db");
        new RunFile(ProcessHandle.current().pid(), directory, Map.of()).write(store);
        Files.setLastModifiedTime(directory.resolve("facts.db.run.json"), FileTime.from(Instant.EPOCH));
        assertThat(RunFile.ofRunning(store)).isEmpty();
    }

    @Test
    void a_path_too_long_in_bytes_gets_one_folder_that_goes_when_the_store_closes() throws IOException {
        Path store = directory.resolve("ä".repeat(60)).resolve("facts.db");
        Path socket = RunFile.socketFor(store, "node");
        assertThat(socket.toString().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(100);
        assertThat(socket.getParent()).isDirectory();
        OwnerOnlyFiles.check(socket.getParent());
        assertThat(RunFile.socketFor(store, "node")).isEqualTo(socket);
        RunFile.remove(store);
        assertThat(socket.getParent()).doesNotExist();
    }
}
