package bulwark.kernel.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.process.FileRefused;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    @TempDir
    Path top;

    private final Signing signing = Signing.of(Signing.Provider.BOUNCY_CASTLE);
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

    @Test
    void an_empty_ring_has_no_key_and_says_so() {
        KeyRing ring = open();

        assertThat(ring.entries()).isEmpty();
        assertThat(ring.current()).isEmpty();
        assertThatExceptionOfType(KeyRefused.class).isThrownBy(ring::signer);
    }

    @Test
    void a_key_is_announced_promoted_and_retired_by_the_clock() {
        KeyRing ring = open();
        String first = ring.announce(signing.random32()).id();
        ring.promote(first, Duration.ZERO);
        String second = ring.announce(signing.random32()).id();
        assertThat(ring.trusted()).extracting(KeyEntry::id).containsExactly(first);

        ring.promote(second, Duration.ofDays(90));

        assertThat(statuses(ring)).containsExactly(KeyStatus.RETIRING, KeyStatus.CURRENT);
        assertThat(ring.trusted()).extracting(KeyEntry::id).containsExactly(first, second);
        assertThat(ring.signer().keyId()).isEqualTo(second);
        assertThat(ring.signer(first).keyId()).isEqualTo(first);
        clock.advance(Duration.ofDays(90).minusSeconds(1));
        assertThat(ring.trusted()).hasSize(2);
        clock.advance(Duration.ofSeconds(1));
        assertThat(statuses(ring)).containsExactly(KeyStatus.RETIRED, KeyStatus.CURRENT);
        assertThat(ring.trusted()).extracting(KeyEntry::id).containsExactly(second);
        assertThat(statuses(open())).containsExactly(KeyStatus.RETIRED, KeyStatus.CURRENT);
    }

    @Test
    void a_seed_is_deleted_once_its_window_is_over_and_not_before() {
        KeyRing ring = open();
        String first = ring.announce(signing.random32()).id();
        ring.promote(first, Duration.ZERO);
        String second = ring.announce(signing.random32()).id();
        ring.promote(second, Duration.ofDays(90));
        for (String needed : List.of(first, second)) {
            assertThatThrownBy(() -> ring.deleteSeed(needed))
                    .isInstanceOf(KeyRefused.class)
                    .hasMessageContaining("needs its seed");
        }

        clock.advance(Duration.ofDays(90));
        ring.deleteSeed(first);
        ring.deleteSeed(first);

        assertThatThrownBy(() -> ring.signer(first)).isInstanceOf(KeyRefused.class);
        KeyRing again = open();
        assertThat(statuses(again)).containsExactly(KeyStatus.RETIRED, KeyStatus.CURRENT);
        assertThatThrownBy(() -> again.signer(first)).isInstanceOf(KeyRefused.class);
        assertThat(again.signer().keyId()).isEqualTo(second);
    }

    @Test
    void a_reopened_ring_has_the_same_entries_and_signs() {
        KeyRing ring = open();
        ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        ring.promote(ring.announce(signing.random32()).id(), Duration.ofDays(7));

        KeyRing again = open();

        assertThat(again.entries()).usingRecursiveComparison().isEqualTo(ring.entries());
        Ed25519Signer signer = again.signer();
        assertThat(signing.verify(again.current().orElseThrow().publicKey(), MESSAGE, signer.sign(MESSAGE)))
                .isTrue();
    }

    @Test
    void announcing_and_promoting_twice_change_nothing_and_a_withdrawn_key_is_gone() {
        KeyRing ring = open();
        SecretBytes seed = signing.random32();
        KeyEntry entry = ring.announce(seed);
        assertThat(ring.announce(seed).id()).isEqualTo(entry.id());
        ring.promote(entry.id(), Duration.ZERO);
        assertThat(ring.promote(entry.id(), Duration.ofDays(1)).status()).isEqualTo(KeyStatus.CURRENT);
        KeyEntry other = ring.announce(signing.random32());

        ring.withdraw(other.id());
        ring.withdraw(other.id());

        assertThat(ring.entries()).hasSize(1);
        assertThat(seedFile(other.id())).doesNotExist();
        assertThatExceptionOfType(KeyRefused.class).isThrownBy(() -> ring.withdraw(entry.id()));
        assertThatExceptionOfType(KeyRefused.class).isThrownBy(() -> ring.promote(other.id(), Duration.ZERO));
        assertThatExceptionOfType(KeyRefused.class).isThrownBy(() -> ring.signer(other.id()));
    }

    @Test
    void a_key_that_left_service_does_not_come_back() {
        KeyRing ring = open();
        String first = ring.announce(signing.random32()).id();
        ring.promote(first, Duration.ZERO);
        ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);

        assertThatExceptionOfType(KeyRefused.class).isThrownBy(() -> ring.promote(first, Duration.ZERO));
    }

    @Test
    void published_and_short_seeds_are_refused_when_announced() {
        KeyRing ring = open();
        byte[] published = new byte[32];
        for (int i = 0; i < 32; i++) {
            published[i] = (byte) i;
        }

        for (SecretBytes bad :
                List.of(SecretBytes.of(published), SecretBytes.of(new byte[32]), SecretBytes.of(new byte[31]))) {
            assertThatExceptionOfType(KeyRefused.class).isThrownBy(() -> ring.announce(bad));
        }
        assertThat(ring.entries()).isEmpty();
    }

    @Test
    void files_are_for_the_owner_alone_and_exposed_ones_are_refused() throws IOException {
        KeyRing ring = open();
        String id = ring.announce(signing.random32()).id();
        ring.promote(id, Duration.ZERO);
        for (Path path : List.of(directory(), directory().resolve("ring.json"), seedFile(id))) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            assertThat(mode).endsWith("------");
            for (String exposed : List.of("rwxr-----", "rwx-w----", "rwx---r--", "rwx-----x")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(exposed));
                assertThatExceptionOfType(FileRefused.class)
                        .isThrownBy(this::open)
                        .withMessageContaining("chmod");
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
        assertThat(open().signer().keyId()).isEqualTo(id);
    }

    @Test
    void a_seed_that_is_missing_foreign_malformed_or_a_link_is_refused() throws IOException {
        KeyRing ring = open();
        String first = ring.announce(signing.random32()).id();
        ring.promote(first, Duration.ZERO);
        String second = ring.announce(signing.random32()).id();
        byte[] good = Files.readAllBytes(seedFile(second));

        Files.write(seedFile(second), Files.readAllBytes(seedFile(first)));
        assertRefused("does not belong");
        Files.writeString(seedFile(second), "AAAA");
        assertRefused("must decode to exactly 32 bytes; got 3");
        Files.writeString(seedFile(second), "not base64!");
        assertRefused("base64url");
        Files.delete(seedFile(second));
        assertRefused("missing");
        Path elsewhere = Files.write(top.resolve("elsewhere"), good);
        Files.createSymbolicLink(seedFile(second), elsewhere);
        assertRefused("symbolic link");
    }

    @Test
    void a_damaged_ring_file_is_refused_with_a_remedy() throws IOException {
        KeyRing ring = open();
        String id = ring.announce(signing.random32()).id();
        Path file = directory().resolve("ring.json");
        String good = Files.readString(file);

        for (String bad : List.of(
                "",
                "{}",
                "[]",
                good.substring(0, good.length() - 3),
                good.replace("ANNOUNCED", "BEST"),
                good.replace(":1,", ":2,"),
                good.replace(id, "0123456789abcdef"),
                good.replace("\"created\":\"2026", "\"created\":\"x"))) {
            Files.writeString(file, bad);
            assertRefused("restore");
        }
    }

    private void assertRefused(String words) {
        assertThatThrownBy(this::open)
                .isInstanceOfAny(KeyRefused.class, FileRefused.class)
                .hasMessageContaining(words);
    }

    private static List<KeyStatus> statuses(KeyRing ring) {
        return ring.entries().stream().map(KeyEntry::status).toList();
    }

    private Path directory() {
        return top.resolve("ring");
    }

    private Path seedFile(String id) {
        return directory().resolve(id + ".seed");
    }

    private KeyRing open() {
        return KeyRing.open(directory(), signing, clock);
    }
}
