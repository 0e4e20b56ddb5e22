package bulwark.gateway.proxy;

import io.netty.buffer.PooledByteBufAllocator;

/** How much memory the bytes of requests and answers under way may take. Looked at regularly, since counting is not free. Thread-safe. */
final class BufferBudget {
    private final long maxBytes;
    private volatile boolean exhausted;

    BufferBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether new calls are refused, so that those under way can end: at four fifths of the budget. */
    boolean isShort() {
        return exhausted;
    }

    void look() {
        exhausted = used() >= maxBytes / 5 * 4;
    }

    /** Bytes of buffers that are in use, of the whole process. */
    static long used() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }
}
