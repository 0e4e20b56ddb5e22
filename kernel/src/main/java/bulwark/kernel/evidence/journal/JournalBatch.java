package bulwark.kernel.evidence.journal;

import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records that were synced together. On disk, big-endian: magic (4), length of the body (4), number of records (4), number of the batch from 1 (8), number of its first record from 1 (8), epoch
 * milliseconds (8), secret of the salts (16), Merkle root (32), hash of the batch before (32, zeros in the first), CRC-32C of all that and of the body (4), and the body: for each record its
 * length (4) and its bytes. The hash of a batch covers its position, its time, its root and the batch before.
 */
record JournalBatch(Header header, List<byte[]> records) {
    static final int HEADER_BYTES = 120;
    static final int MAX_BODY_BYTES = 8 << 20;
    static final int MAX_RECORD_BYTES = 64 << 10;
    static final int MAX_RECORDS = 1 << 16;
    static final int HASH_BYTES = 32;

    private static final int MAGIC = 0x42574A42;
    private static final int CRC_AT = HEADER_BYTES - 4;
    private static final byte[] DOMAIN = "bulwark.dev/journal/batch/v1\n".getBytes(StandardCharsets.US_ASCII);

    /** What an export shows of a batch, but for the secret. */
    record Header(
            int bodyLength,
            int count,
            long number,
            long firstRecord,
            long millis,
            byte[] secret,
            byte[] root,
            byte[] previous) {

        /** Of the batch that follows. @param before null for the first one of all */
        static Header after(
                @Nullable Header before, int bodyLength, int count, long millis, byte[] secret, byte[] root) {
            return before == null
                    ? new Header(bodyLength, count, 1, 1, millis, secret, root, new byte[HASH_BYTES])
                    : new Header(
                            bodyLength,
                            count,
                            before.number() + 1,
                            before.lastRecord() + 1,
                            millis,
                            secret,
                            root,
                            before.hash());
        }

        /** The bytes of the batch on disk. @param body writes the records, of which this is the header */
        void encode(ByteBuffer into, Consumer<ByteBuffer> body) {
            int start = into.position();
            into.putInt(MAGIC).putInt(bodyLength).putInt(count);
            into.putLong(number).putLong(firstRecord).putLong(millis);
            into.put(secret).put(root).put(previous).putInt(0);
            body.accept(into);
            int end = into.position();
            CRC32C crc = new CRC32C();
            crc.update(into.duplicate().position(start).limit(start + CRC_AT));
            crc.update(into.duplicate().position(start + HEADER_BYTES).limit(end));
            into.putInt(start + CRC_AT, (int) crc.getValue());
        }

        byte[] hash() {
            MessageDigest sha256 = Digests.newSha256();
            sha256.update(DOMAIN);
            sha256.update(ByteBuffer.allocate(28)
                    .putLong(number)
                    .putLong(firstRecord)
                    .putInt(count)
                    .putLong(millis)
                    .flip());
            sha256.update(root);
            return sha256.digest(previous);
        }

        String hashHex() {
            return HexFormat.of().formatHex(hash());
        }

        long lastRecord() {
            return firstRecord + count - 1;
        }

        int bytes() {
            return HEADER_BYTES + bodyLength;
        }
    }

    /** A new batch of these records. @param before null for the first one of all */
    static JournalBatch after(@Nullable Header before, List<byte[]> records, long millis, byte[] secret) {
        MerkleTree tree = new MerkleTree();
        int length = 0;
        for (byte[] record : records) {
            length += 4 + record.length;
        }
        byte[] root = tree.root(leaves(tree, secret, records));
        return new JournalBatch(Header.after(before, length, records.size(), millis, secret, root), records);
    }

    static List<byte[]> leaves(MerkleTree tree, byte[] secret, List<byte[]> records) {
        List<byte[]> leaves = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            leaves.add(tree.leaf(tree.salt(secret, i), records.get(i)));
        }
        return leaves;
    }

    /** What is wrong within the batch, as the end of a sentence; null when nothing is. */
    @Nullable
    String fault() {
        MerkleTree tree = new MerkleTree();
        return Arrays.equals(tree.root(leaves(tree, header.secret(), records)), header.root())
                ? null
                : "holds a record that is not the one that was written";
    }

    /** The bytes on disk, ready to be written. @param into has room for them */
    void encode(ByteBuffer into) {
        header.encode(
                into,
                body -> records.forEach(record -> body.putInt(record.length).put(record)));
    }

    /** The header at the position of the buffer; null when the bytes are none. The CRC is the matter of {@link #decode}. */
    static @Nullable Header header(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return null;
        }
        ByteBuffer at = bytes.duplicate();
        if (at.getInt() != MAGIC) {
            return null;
        }
        int bodyLength = at.getInt();
        int count = at.getInt();
        long number = at.getLong();
        long firstRecord = at.getLong();
        long millis = at.getLong();
        byte[] secret = new byte[MerkleTree.SALT_BYTES];
        byte[] root = new byte[HASH_BYTES];
        byte[] previous = new byte[HASH_BYTES];
        at.get(secret).get(root).get(previous);
        boolean plausible = count > 0
                && count <= MAX_RECORDS
                && bodyLength >= 4L * count
                && bodyLength <= MAX_BODY_BYTES
                && number > 0
                && firstRecord > 0
                && firstRecord <= Long.MAX_VALUE - MAX_RECORDS;
        return plausible ? new Header(bodyLength, count, number, firstRecord, millis, secret, root, previous) : null;
    }

    /** The batch at the position of the buffer; null when the bytes are none, or only a part of one. */
    static @Nullable JournalBatch decode(ByteBuffer bytes) {
        Header header = header(bytes);
        if (header == null || bytes.remaining() < header.bytes()) {
            return null;
        }
        int start = bytes.position();
        int end = start + header.bytes();
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(start + CRC_AT));
        crc.update(bytes.duplicate().position(start + HEADER_BYTES).limit(end));
        if (bytes.getInt(start + CRC_AT) != (int) crc.getValue()) {
            return null;
        }
        ByteBuffer body = bytes.duplicate().position(start + HEADER_BYTES).limit(end);
        List<byte[]> records = new ArrayList<>(header.count());
        while (body.remaining() >= 4 && records.size() < header.count()) {
            int length = body.getInt();
            if (length < 0 || length > MAX_RECORD_BYTES || length > body.remaining()) {
                return null;
            }
            byte[] record = new byte[length];
            body.get(record);
            records.add(record);
        }
        return records.size() == header.count() && !body.hasRemaining() ? new JournalBatch(header, records) : null;
    }
}
