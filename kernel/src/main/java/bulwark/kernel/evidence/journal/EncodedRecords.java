package bulwark.kernel.evidence.journal;

import bulwark.kernel.json.JsonBuffer;
import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one batch as JSON, one behind the other in memory that is used again: a gateway writes tens of thousands each second. For one thread. */
final class EncodedRecords {
    private static final Logger LOG = LoggerFactory.getLogger(EncodedRecords.class);
    private static final int KEPT_BYTES = 1 << 20;
    private static final int INITIAL_RECORDS = 256;
    private static final byte[] UNENCODED = "{\"kind\":\"unencoded\"}".getBytes(StandardCharsets.UTF_8);

    private final MessageDigest sha256 = Digests.newSha256();
    private final byte[] salt = new byte[JournalBatch.HASH_BYTES];
    private final byte[] indexBytes = new byte[4];
    private final JsonBuffer text = new JsonBuffer(64 << 10);
    private int[] ends = new int[INITIAL_RECORDS];
    private byte[] hashes = new byte[INITIAL_RECORDS * JournalBatch.HASH_BYTES];
    private int count;

    /** One more; a record that fails, or is too long, is replaced by one that says so. */
    void add(JournalRecord record) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        int start = text.length();
        try {
            record.write(text);
            int length = text.length() - start;
            if (length > JournalBatch.MAX_RECORD_BYTES) {
                LOG.error(
                        "A record of {} bytes is longer than the journal takes; that there was one is recorded.",
                        length);
                text.truncate(start);
                text.raw(UNENCODED);
            }
        } catch (RuntimeException e) {
            LOG.error("A record could not be encoded; that there was one is recorded.", e);
            text.truncate(start);
            text.raw(UNENCODED);
        }
        ends[count++] = text.length();
    }

    int count() {
        return count;
    }

    /** Of all records together. */
    int bytes() {
        return text.length();
    }

    void clear() {
        count = 0;
        text.clear(KEPT_BYTES);
    }

    /** For each record its length (4) and its bytes, as a batch holds them. */
    void writeTo(ByteBuffer into) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            into.putInt(ends[i] - start);
            text.copyTo(into, start, ends[i]);
            start = ends[i];
        }
    }

    /** The root that {@link MerkleTree} gives for these records. @param secret of the batch; there is at least one record */
    byte[] root(byte[] secret) {
        try {
            return merkleRoot(secret);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 gives more than 32 bytes", e);
        }
    }

    private byte[] merkleRoot(byte[] secret) throws DigestException {
        int size = JournalBatch.HASH_BYTES;
        if (hashes.length < count * size) {
            hashes = new byte[ends.length * size];
        }
        int start = 0;
        for (int i = 0; i < count; i++) {
            leaf(secret, i, start, ends[i]);
            start = ends[i];
        }
        for (int width = count; width > 1; width = (width + 1) / 2) {
            for (int i = 0; i + 1 < width; i += 2) {
                sha256.update((byte) 1);
                sha256.update(hashes, i * size, 2 * size);
                sha256.digest(hashes, i / 2 * size, size);
            }
            if (width % 2 == 1) {
                System.arraycopy(hashes, (width - 1) * size, hashes, width / 2 * size, size);
            }
        }
        return Arrays.copyOf(hashes, size);
    }

    private void leaf(byte[] secret, int index, int start, int end) throws DigestException {
        for (int i = 0; i < indexBytes.length; i++) {
            indexBytes[i] = (byte) (index >>> (24 - 8 * i));
        }
        sha256.update(secret);
        sha256.update(indexBytes);
        sha256.digest(salt, 0, salt.length);
        sha256.update((byte) 0);
        sha256.update(salt, 0, MerkleTree.SALT_BYTES);
        text.update(sha256, start, end);
        sha256.digest(hashes, index * JournalBatch.HASH_BYTES, JournalBatch.HASH_BYTES);
    }
}
