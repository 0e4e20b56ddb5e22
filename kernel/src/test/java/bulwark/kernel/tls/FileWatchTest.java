package bulwark.kernel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.ConfiguredPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileWatchTest {
    @TempDir
    Path folder;

    @Test
    void a_change_that_an_error_kept_from_being_loaded_is_loaded_and_health_says_so() throws Exception {
        Path file = Files.writeString(folder.resolve("cert.pem"), "a");
        AtomicInteger loads = new AtomicInteger();
        FileWatch.Reaction reaction = () -> {
            if (loads.incrementAndGet() == 1) {
                throw new StackOverflowError("made up");
            }
            return true;
        };
        try (FileWatch watch = new FileWatch(List.of(ConfiguredPath.unnamed(file)), reaction)) {
            watch.start();
            Files.writeString(file, "b");
            await().atMost(Duration.ofSeconds(30)).until(() -> loads.get() == 2);
            assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("tls-watch"));
        }
    }
}
