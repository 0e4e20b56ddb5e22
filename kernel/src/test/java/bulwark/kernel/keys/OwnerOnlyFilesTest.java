package bulwark.kernel.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyFilesTest {
    @TempDir
    Path folder;

    @RepeatedTest(20)
    void whoever_comes_together_finds_one_folder() throws Exception {
        Path wanted = folder.resolve("a/b/c");
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> makers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                makers.add(threads.submit(() -> {
                    go.await();
                    OwnerOnlyFiles.createDirectory(wanted);
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> maker : makers) {
                maker.get();
            }
        }
        assertThat(Files.isDirectory(wanted)).isTrue();
    }
}
