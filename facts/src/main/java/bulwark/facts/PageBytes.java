package bulwark.facts;

import bulwark.web.RequestMemory;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Ends a page when it holds enough bytes, whatever its limit in rows, and takes from the request's memory what each row will
 * cost on its way to the wire. For one thread at a time.
 */
public final class PageBytes {
    /** A page ends after the row that passes this; a cursor leads on. */
    public static final int MAX_PAGE_BYTES = 1 << 20;

    /** The text of a row lies in memory several times: as read, as text of the answer while that grows, as bytes. */
    private static final int COPIES = 6;

    private static final int OVERHEAD = 512;

    private final RequestMemory memory;
    private long bytes;
    private boolean endedEarly;

    public PageBytes(RequestMemory memory) {
        this.memory = memory;
    }

    /** For rows that were read already. */
    public boolean hasRoom() {
        return bytes < MAX_PAGE_BYTES;
    }

    /** Moves to the next row; false when there is none, or the page has no room for it. */
    public boolean admits(ResultSet rows) throws SQLException {
        boolean another = rows.next();
        endedEarly = another && !hasRoom();
        return another && !endedEarly;
    }

    /** Whether rows were left for want of room. */
    public boolean endedEarly() {
        return endedEarly;
    }

    /** @param length characters of the row's texts @throws RequestMemory.Exhausted when requests hold too much already */
    public void add(long length) {
        long row = length + OVERHEAD;
        memory.take(COPIES * row);
        bytes += row;
    }
}
