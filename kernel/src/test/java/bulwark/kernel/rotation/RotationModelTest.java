package bulwark.kernel.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.rotation.RotationWorld.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Walks every interleaving of a rotation with what goes on around it: two verifiers that read their files when they like, stop and start; a signer that does the same; a clock that runs and is set back; a
 * kill before, within and after every effect; a rotation that is given up. Runner and journal are the real ones.
 */
@Timeout(300)
class RotationModelTest {
    private static final int MAX_KILL = 6;

    private static volatile Set<RotationWorld> walked;

    @TempDir
    Path folder;

    @Test
    void no_accepted_signature_is_refused_and_no_retired_key_is_accepted() throws Exception {
        Set<RotationWorld> all = explored();

        assertThat(all.size()).isGreaterThan(500);
        assertThat(all.stream().anyMatch(RotationWorld::isReplaced)).isTrue();
        assertThat(all.stream().anyMatch(RotationWorld::isAbandoned)).isTrue();
    }

    @Test
    void from_everywhere_a_rotation_comes_to_its_end() throws Exception {
        int number = 0;
        for (RotationWorld world : explored()) {
            if (number++ % 193 == 0) {
                assertThat(calm(world).isOver()).as("%s", world).isTrue();
            }
        }
    }

    @Test
    void a_kind_that_assumes_what_it_should_see_breaks_the_promise() {
        for (Trust assumed : Trust.values()) {
            assertThatThrownBy(() -> explore(List.of(assumed)))
                    .as("%s is assumed", assumed)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("refused");
        }
    }

    /** Of a kind that looks; walked once. */
    private Set<RotationWorld> explored() throws Exception {
        Set<RotationWorld> known = walked;
        if (known == null) {
            known = explore(List.of());
            walked = known;
        }
        return known;
    }

    private RotationWorld.Walk walk(List<Trust> assumed) {
        // Thousands of files: in memory where the system has that.
        Path memory = Path.of("/dev/shm");
        try {
            Path place = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "rotation")
                    : Files.createTempDirectory(folder, "rotation");
            return new RotationWorld.Walk(place, assumed);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Everything that can be reached; each is checked. */
    private Set<RotationWorld> explore(List<Trust> assumed) throws Exception {
        try (RotationWorld.Walk walk = walk(assumed)) {
            Set<RotationWorld> seen = new HashSet<>();
            ArrayDeque<RotationWorld> open = new ArrayDeque<>(List.of(RotationWorld.START));
            while (!open.isEmpty()) {
                RotationWorld world = open.poll();
                if (seen.add(world)) {
                    world.check();
                    open.addAll(world.neighbours());
                    open.addAll(walk.steps(world, MAX_KILL));
                }
            }
            return seen;
        }
    }

    /** Everybody runs, reads its files and waits, and nothing is killed. */
    private RotationWorld calm(RotationWorld from) throws Exception {
        try (RotationWorld.Walk walk = walk(List.of())) {
            RotationWorld world = from;
            for (int i = 0; i < 40 && !world.isOver(); i++) {
                world = walk.step(world.refreshed(), MAX_KILL + 100);
            }
            return world;
        }
    }
}
