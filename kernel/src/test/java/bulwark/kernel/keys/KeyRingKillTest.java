package bulwark.kernel.keys;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The states that a kill can leave between the file operations of one step, laid out on disk: each opens, signs with the old or the
 * new key, and takes the interrupted step again.
 */
class KeyRingKillTest {
    @TempDir
    Path top;

    private final Signing signing = Signing.of(Signing.Provider.BOUNCY_CASTLE);
    private final SecretBytes first = signing.random32();
    private final SecretBytes second = signing.random32();
    private int laidOut;

    @Test
    void a_kill_anywhere_in_announcing_leaves_a_ring_that_signs_with_the_old_key() throws IOException {
        Path live = top.resolve("live");
        KeyRing ring = open(live);
        String old = ring.announce(first).id();
        ring.promote(old, Duration.ZERO);
        Map<String, byte[]> before = files(live);
        String id = ring.announce(second).id();
        Map<String, byte[]> after = files(live);
        byte[] seed = after.get(id + ".seed");

        for (Map<String, byte[]> state : List.of(
                before,
                with(before, id + ".seed.tmp", new byte[0]),
                with(before, id + ".seed.tmp", new byte[] {seed[0]}),
                with(before, id + ".seed", seed),
                with(with(before, id + ".seed", seed), "ring.json.tmp", new byte[] {'{'}),
                with(with(before, id + ".seed", seed), "ring.json.tmp", after.get("ring.json")),
                after)) {
            KeyRing found = open(layOut(state));
            assertThat(found.signer().keyId()).isEqualTo(old);
            assertThat(found.announce(second).id()).isEqualTo(id);
            found.promote(id, Duration.ofDays(1));
            assertThat(found.signer().keyId()).isEqualTo(id);
        }
    }

    @Test
    void a_kill_anywhere_in_promoting_leaves_exactly_one_current_key() throws IOException {
        Path live = top.resolve("live");
        KeyRing ring = open(live);
        String old = ring.announce(first).id();
        ring.promote(old, Duration.ZERO);
        String id = ring.announce(second).id();
        Map<String, byte[]> before = files(live);
        ring.promote(id, Duration.ofDays(1));
        Map<String, byte[]> after = files(live);

        for (Map<String, byte[]> state : List.of(
                before,
                with(before, "ring.json.tmp", new byte[0]),
                with(before, "ring.json.tmp", after.get("ring.json")))) {
            KeyRing found = open(layOut(state));
            assertThat(found.signer().keyId()).isEqualTo(old);
            found.promote(id, Duration.ofDays(1));
            assertThat(found.signer().keyId()).isEqualTo(id);
        }
        assertThat(open(layOut(after)).signer().keyId()).isEqualTo(id);
        assertThat(open(layOut(after)).trusted()).hasSize(2);
    }

    @Test
    void a_kill_anywhere_in_withdrawing_leaves_the_current_key_signing() throws IOException {
        Path live = top.resolve("live");
        KeyRing ring = open(live);
        String old = ring.announce(first).id();
        ring.promote(old, Duration.ZERO);
        String id = ring.announce(second).id();
        Map<String, byte[]> before = files(live);
        ring.withdraw(id);
        Map<String, byte[]> after = files(live);

        for (Map<String, byte[]> state : List.of(
                with(before, "ring.json.tmp", after.get("ring.json")),
                with(after, id + ".seed", before.get(id + ".seed")),
                after)) {
            KeyRing found = open(layOut(state));
            assertThat(found.signer().keyId()).isEqualTo(old);
            found.withdraw(id);
            assertThat(found.entries()).hasSize(1);
            assertThat(files(top.resolve("state-" + laidOut))).doesNotContainKey(id + ".seed");
        }
    }

    @Test
    void a_kill_in_the_very_first_announcement_leaves_an_empty_ring_that_starts_anew() throws IOException {
        Path live = top.resolve("live");
        String id = open(live).announce(first).id();
        byte[] seed = files(live).get(id + ".seed");

        for (Map<String, byte[]> state :
                List.of(Map.<String, byte[]>of(), Map.of(id + ".seed.tmp", seed), Map.of(id + ".seed", seed))) {
            KeyRing found = open(layOut(state));
            assertThat(found.current()).isEmpty();
            found.promote(found.announce(first).id(), Duration.ZERO);
            assertThat(found.signer().keyId()).isEqualTo(id);
        }
    }

    private KeyRing open(Path directory) {
        return KeyRing.open(directory, signing, Clock.systemUTC());
    }

    private Path layOut(Map<String, byte[]> state) throws IOException {
        laidOut++;
        Path directory = Files.createDirectory(
                top.resolve("state-" + laidOut),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (Map.Entry<String, byte[]> file : state.entrySet()) {
            Path path = Files.write(directory.resolve(file.getKey()), file.getValue());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
        return directory;
    }

    private static Map<String, byte[]> files(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(directory)) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    private static Map<String, byte[]> with(Map<String, byte[]> state, String name, byte[] content) {
        Map<String, byte[]> changed = new TreeMap<>(state);
        changed.put(name, content);
        return changed;
    }
}
