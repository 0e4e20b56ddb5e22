package bulwark.facts.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TarReaderTest {
    private static final Map<String, Long> ALLOWED = Map.of("manifest.json", 4096L, "artifacts/stigmem.db", 4096L);

    private static byte[] archive(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            tar.add(entry.getKey(), entry.getValue());
        }
        tar.finish();
        return out.toByteArray();
    }

    private static Map<String, byte[]> read(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        TarReader tar = new TarReader(new ByteArrayInputStream(archive), ALLOWED);
        for (Optional<String> name = tar.next(); name.isPresent(); name = tar.next()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            tar.copyTo(out);
            entries.put(name.get(), out.toByteArray());
        }
        return entries;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void an_archive_round_trips() throws IOException {
        byte[] database = new byte[1025];
        new Random(1).nextBytes(database);
        Map<String, byte[]> read =
                read(archive(Map.of("manifest.json", bytes("{}"), "artifacts/stigmem.db", database)));
        assertThat(read.get("manifest.json")).isEqualTo(bytes("{}"));
        assertThat(read.get("artifacts/stigmem.db")).isEqualTo(database);
    }

    @Test
    void an_entry_with_a_path_outside_the_archive_is_refused() throws IOException {
        byte[] archive = archive(Map.of("../../etc/passwd", bytes("x")));
        assertThatThrownBy(() -> read(archive)).isInstanceOf(SnapshotRefused.class);
    }

    @Test
    void an_entry_beyond_its_limit_is_refused_before_it_is_read() throws IOException {
        byte[] archive = archive(Map.of("manifest.json", new byte[4097]));
        assertThatThrownBy(() -> read(archive)).hasMessageContaining("larger than the allowed 4096");
    }

    @Test
    void a_link_is_refused() throws IOException {
        byte[] archive = archive(Map.of("manifest.json", bytes("x")));
        archive[156] = '2';
        byte[] sum = String.format("%06o\0 ", TarWriter.checksum(archive)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(sum, 0, archive, 148, sum.length);
        assertThatThrownBy(() -> read(archive)).hasMessageContaining("regular file");
    }

    @Test
    void an_archive_that_is_cut_off_is_refused() throws IOException {
        byte[] archive = archive(Map.of("manifest.json", bytes("{}")));
        for (int length : new int[] {0, 100, 512, 513, 1024}) {
            byte[] cut = java.util.Arrays.copyOf(archive, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(SnapshotRefused.class);
        }
    }

    @Test
    void mutated_archives_are_read_or_refused_and_nothing_else() throws IOException {
        byte[] good = archive(Map.of("manifest.json", bytes("{\"a\":1}"), "artifacts/stigmem.db", new byte[700]));
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            try {
                assertThat(ALLOWED.keySet()).containsAll(read(bad).keySet());
            } catch (SnapshotRefused e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
