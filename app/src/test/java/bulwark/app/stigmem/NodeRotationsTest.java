package bulwark.app.stigmem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.rotate.RotationFolder;
import bulwark.kernel.config.DotEnv;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.rotation.RotationState;
import bulwark.kernel.rotation.RotationStep;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a running node, each with a window that the clock ends; the process that rotates dies after every line of its journal. */
@Timeout(300)
class NodeRotationsTest {
    @TempDir
    Path top;

    private final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
    private RotationFolder folder;

    private static final class Killed extends RuntimeException {}

    private RotationKind kind(String name) {
        return folder.kinds().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** One process, which lives for one line. */
    private RotationStep step(RotationKind kind, String id) throws Exception {
        try (RotationFolder.Session session = folder.open(Map.of(), clock, line -> {
            throw new Killed();
        })) {
            return session.runner().step(kind, id);
        } catch (Killed dead) {
            return new RotationStep.Moved(rotation(id));
        }
    }

    private RotationRecord rotation(String id) throws IOException {
        return folder.rotations().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String begin(RotationKind kind) throws Exception {
        try (RotationFolder.Session session = folder.open(Map.of(), clock, line -> {})) {
            return session.runner().begin(kind, folder.kinds(), kind.window()).id();
        }
    }

    private RotationStep drive(RotationKind kind, String id) throws Exception {
        RotationStep step = step(kind, id);
        while (step instanceof RotationStep.Moved) {
            step = step(kind, id);
        }
        return step;
    }

    @Test
    void the_former_admin_key_works_until_the_end_of_its_window_and_is_gone_then() throws Exception {
        try (ProvisionedNode node = start()) {
            String old = adminKey(node);
            RotationKind kind = kind("admin-key");
            String id = begin(kind);

            assertThat(drive(kind, id)).isInstanceOf(RotationStep.InWindow.class);
            String fresh = adminKey(node);
            assertThat(fresh).isNotEqualTo(old);
            assertThat(node.status("/v1/me", fresh)).isEqualTo(200);
            assertThat(node.status("/v1/me", old)).isEqualTo(200);

            clock.advance(kind.window());
            assertThat(drive(kind, id)).isInstanceOf(RotationStep.Finished.class);
            assertThat(node.status("/v1/me", fresh)).isEqualTo(200);
            assertThat(node.status("/v1/me", old)).isEqualTo(401);
            assertThat(filesWith(old)).isEmpty();
        }
    }

    @Test
    void an_admin_key_that_was_given_up_works_no_more() throws Exception {
        try (ProvisionedNode node = start()) {
            String old = adminKey(node);
            RotationKind kind = kind("admin-key");
            String id = begin(kind);
            while (rotation(id).state() != RotationState.CONFIRMED) {
                assertThat(step(kind, id)).isInstanceOf(RotationStep.Moved.class);
            }
            String fresh =
                    Files.readString(node.folder().resolve("admin-key-next")).strip();
            assertThat(node.status("/v1/me", fresh)).isEqualTo(200);

            try (RotationFolder.Session session = folder.open(Map.of(), clock, line -> {})) {
                assertThat(session.runner().abandon(kind, id).isFinished()).isTrue();
            }
            assertThat(node.status("/v1/me", fresh)).isEqualTo(401);
            assertThat(adminKey(node)).isEqualTo(old);
            assertThat(filesWith(fresh)).isEmpty();
        }
    }

    @Test
    void the_nodes_own_keys_change_over_and_their_former_seeds_are_deleted_after_ninety_days() throws Exception {
        try (ProvisionedNode node = start()) {
            for (String name : List.of("node-key", "issuer-key")) {
                RotationKind kind = kind(name);
                String id = begin(kind);
                assertThat(drive(kind, id)).as(name).isInstanceOf(RotationStep.InWindow.class);
                String old = rotation(id).name("old_key");
                assertThat(node.get("/.well-known/stigmem-manifest-proof.json")).doesNotContain(old);
                assertThat(seed(old)).hasSize(1);
            }
            clock.advance(kind("node-key").window());
            for (RotationRecord each : folder.rotations()) {
                assertThat(drive(kind(each.kind()), each.id()))
                        .as(each.kind())
                        .isInstanceOf(RotationStep.Finished.class);
                assertThat(seed(each.name("old_key"))).isEmpty();
            }
        }
    }

    private ProvisionedNode start() throws IOException {
        ProvisionedNode node = new ProvisionedNode(top.toRealPath().resolve("state"), clock);
        folder = RotationFolder.of(node.state, List.of(node.part), clock);
        return node;
    }

    private static String adminKey(ProvisionedNode node) throws IOException {
        return String.valueOf(DotEnv.parse(Files.readString(node.folder().resolve(".env")))
                .values()
                .get("STIGMEM_ADMIN_KEY"));
    }

    private List<Path> seed(String keyId) throws IOException {
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(file -> file.endsWith(keyId + ".seed")).toList();
        }
    }

    private List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> read(file).contains(text))
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
