package bulwark.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyFilesTest {
    @TempDir
    Path folder;

    @RepeatedTest(20)
    void concurrent_creations_yield_one_folder() throws Exception {
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

    @Test
    void what_others_can_touch_own_or_link_is_refused() throws IOException {
        Path file = folder.resolve("file");
        OwnerOnlyFiles.createNew(file).close();
        OwnerOnlyFiles.check(file);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThatThrownBy(() -> OwnerOnlyFiles.check(link)).isInstanceOf(FileRefused.class);
        assertThatThrownBy(() -> OwnerOnlyFiles.open(link, StandardOpenOption.WRITE))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> OwnerOnlyFiles.createNew(link)).isInstanceOf(IOException.class);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> OwnerOnlyFiles.check(file)).hasMessageContaining("chmod 600");
        OwnerOnlyFiles.restrict(file);
        OwnerOnlyFiles.check(file);
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a file away");
        Files.setOwner(
                file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        assertThatThrownBy(() -> OwnerOnlyFiles.check(file)).hasMessageContaining("belongs to nobody");
    }
}
