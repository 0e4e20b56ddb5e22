package bulwark.kernel.evidence.export;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The hash of each row of one export, 32 bytes a row. Each row's hash covers the one before it, so two exports that agree on a row agree
 * on all rows before it. For one thread.
 */
final class RowHashes {
    private static final int SIZE = 32;

    private byte[] bytes = new byte[SIZE * 64];
    private long first;
    private int count;

    /** Rows come in order. A row that does not follow the last one starts anew: its file has a problem already. */
    void add(long seq, String hash) {
        byte[] digest;
        try {
            digest = HexFormat.of().parseHex(hash);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (digest.length != SIZE) {
            return;
        }
        if (count == 0 || seq != first + count) {
            first = seq;
            count = 0;
        }
        if ((count + 1) * SIZE > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.multiplyExact(bytes.length, 2));
        }
        System.arraycopy(digest, 0, bytes, count * SIZE, SIZE);
        count++;
    }

    /** Null when the export does not hold that row. */
    @Nullable
    String at(long seq) {
        if (seq < first || seq >= first + count) {
            return null;
        }
        int from = (int) (seq - first) * SIZE;
        return HexFormat.of().formatHex(bytes, from, from + SIZE);
    }

    /** The first row that both hold and that differs, or 0. */
    long firstDifference(RowHashes other) {
        long from = Math.max(first, other.first);
        long end = Math.min(first + count, other.first + other.count);
        if (from >= end || same(other, end - 1)) {
            return 0;
        }
        long seq = from;
        while (same(other, seq)) {
            seq++;
        }
        return seq;
    }

    private boolean same(RowHashes other, long seq) {
        int mine = (int) (seq - first) * SIZE;
        int others = (int) (seq - other.first) * SIZE;
        return Arrays.equals(bytes, mine, mine + SIZE, other.bytes, others, others + SIZE);
    }
}
