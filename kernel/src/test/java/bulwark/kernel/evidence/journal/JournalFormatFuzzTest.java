package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.signing.Signing;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a segment or an export: batches, headers and reports, or nothing; never an error that nobody expects. */
class JournalFormatFuzzTest {
    private static final LogKeys KEYS = LogKeys.of(new byte[32], Signing.fastest());

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_a_batch_or_none(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        JournalBatch batch = JournalBatch.decode(buffer);
        JournalSegment.Header.decode(buffer);
        if (batch != null) {
            assertThat(batch.records()).hasSize(batch.header().count());
            batch.fault();
            ByteBuffer again = ByteBuffer.allocate(batch.header().bytes());
            batch.encode(again);
            assertThat(again.flip())
                    .isEqualTo(buffer.duplicate().limit(batch.header().bytes()));
        }
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_text_is_no_export_that_proves_anything(byte[] bytes) throws IOException {
        JournalExportVerifier.Report report = JournalExportVerifier.verify(new ByteArrayInputStream(bytes), KEYS);
        assertThat(report.problems().isEmpty() && report.records() > 0)
                .as("nobody signed this")
                .isFalse();
    }

    @Test
    void changed_batches_are_none_and_whole_ones_come_back() {
        Random random = new Random(4714);
        for (int round = 0; round < 2_000; round++) {
            JournalBatch batch = JournalBatch.after(null, records(random), random.nextLong(1L << 40), secret(random));
            ByteBuffer bytes = ByteBuffer.allocate(batch.header().bytes());
            batch.encode(bytes);
            JournalBatch read = JournalBatch.decode(bytes.flip());
            assertThat(read).isNotNull();
            assertThat(read.fault()).isNull();
            assertThat(read.header().hashHex()).isEqualTo(batch.header().hashHex());
            int at = random.nextInt(bytes.capacity());
            bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
            assertThat(JournalBatch.decode(bytes)).isNull();
        }
    }

    @Test
    void records_that_are_encoded_in_place_make_the_same_batch() {
        Random random = new Random(4716);
        EncodedRecords encoded = new EncodedRecords();
        for (int size = 1; size < 300; size += size < 20 ? 1 : 37) {
            List<byte[]> records = new ArrayList<>();
            encoded.clear();
            for (int i = 0; i < size; i++) {
                byte[] record = new byte[random.nextInt(900)];
                random.nextBytes(record);
                records.add(record);
                encoded.add(out -> out.raw(record));
            }
            byte[] secret = secret(random);
            JournalBatch expected = JournalBatch.after(null, records, 7, secret);
            ByteBuffer bytes = ByteBuffer.allocate(expected.header().bytes());
            expected.encode(bytes);

            ByteBuffer inPlace = ByteBuffer.allocate(bytes.capacity());
            JournalBatch.Header.after(
                            null, encoded.bytes() + 4 * encoded.count(), size, 7, secret, encoded.root(secret))
                    .encode(inPlace, encoded::writeTo);
            assertThat(inPlace.array()).isEqualTo(bytes.array());
        }
    }

    @Test
    void a_record_that_fails_or_is_too_long_leaves_the_others_whole() {
        EncodedRecords encoded = new EncodedRecords();
        encoded.add(out -> out.raw("{\"n\":1}"));
        encoded.add(out -> {
            out.raw("{\"half\":");
            throw new IllegalStateException("boom");
        });
        encoded.add(out -> out.raw("x".repeat(JournalBatch.MAX_RECORD_BYTES + 1)));
        encoded.add(out -> out.raw("{\"n\":4}"));

        ByteBuffer body = ByteBuffer.allocate(encoded.bytes() + 16);
        encoded.writeTo(body);
        List<String> records = new ArrayList<>();
        for (body.flip(); body.hasRemaining(); ) {
            byte[] record = new byte[body.getInt()];
            body.get(record);
            records.add(new String(record, StandardCharsets.UTF_8));
        }
        String unencoded = "{\"kind\":\"unencoded\"}";
        assertThat(records).containsExactly("{\"n\":1}", unencoded, unencoded, "{\"n\":4}");
    }

    @Test
    void each_record_is_proved_by_its_path_and_by_no_other() {
        Random random = new Random(4715);
        MerkleTree tree = new MerkleTree();
        for (int size = 1; size < 40; size++) {
            List<byte[]> leaves = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                leaves.add(tree.leaf(secret(random), new byte[] {(byte) i}));
            }
            byte[] root = tree.root(leaves);
            for (int i = 0; i < size; i++) {
                List<byte[]> path = tree.path(leaves, i);
                for (int other = 0; other < size; other++) {
                    assertThat(tree.includes(leaves.get(other), i, size, path, root))
                            .isEqualTo(other == i);
                }
                List<byte[]> longer = new ArrayList<>(path);
                longer.add(root);
                assertThat(tree.includes(leaves.get(i), i, size, longer, root)).isFalse();
                assertThat(tree.includes(leaves.get(i), size, size, path, root)).isFalse();
            }
        }
    }

    private static List<byte[]> records(Random random) {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(6); i++) {
            records.add("x".repeat(random.nextInt(50)).getBytes(StandardCharsets.UTF_8));
        }
        return records;
    }

    private static byte[] secret(Random random) {
        byte[] secret = new byte[MerkleTree.SALT_BYTES];
        random.nextBytes(secret);
        return secret;
    }
}
