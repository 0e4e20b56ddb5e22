package bulwark.facts;

import bulwark.web.RequestMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rows one page shows, by key, found before they are read. The page is full when it holds enough bytes, whatever its limit in
 * rows, and is read in batches, so that one batch is in memory at a time; the request's memory pays for the largest before it is read.
 * For one thread at a time.
 */
public final class PageRows {
    /** A page ends after the row that passes this; a cursor leads on. */
    public static final int MAX_PAGE_BYTES = 1 << 20;

    /** A batch ends before the row that would pass this. */
    private static final int MAX_BATCH_BYTES = 48 * 1024;

    /** The text of a row lies in memory as read and as text of the answer, each up to two bytes a character. */
    private static final int COPIES = 4;

    private static final int OVERHEAD = 512;

    private final RequestMemory memory;
    private final List<List<Long>> batches = new ArrayList<>();
    private long pageBytes;
    private long batchBytes;
    private long charged;

    public PageRows(RequestMemory memory) {
        this.memory = memory;
    }

    /**
     * Takes the next row into the page.
     *
     * @param length bytes of the row's texts
     * @return false when the page is full, and ends before this row
     * @throws RequestMemory.Exhausted when requests hold too much already
     */
    public boolean admit(long key, long length) {
        if (pageBytes >= MAX_PAGE_BYTES) {
            return false;
        }
        long row = length + OVERHEAD;
        if (batches.isEmpty() || batchBytes + row > MAX_BATCH_BYTES) {
            batches.add(new ArrayList<>());
            batchBytes = 0;
        }
        batches.getLast().add(key);
        batchBytes += row;
        pageBytes += row;
        if (batchBytes > charged) {
            memory.take(COPIES * (batchBytes - charged));
            charged = batchBytes;
        }
        return true;
    }

    /** Whether the row that was admitted last belongs to the first batch. */
    public boolean isInFirstBatch() {
        return batches.size() == 1;
    }

    /** Keys in the order in which they were admitted. */
    public List<List<Long>> batches() {
        return batches;
    }
}
