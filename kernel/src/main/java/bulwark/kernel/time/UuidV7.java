package bulwark.kernel.time;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/** UUIDs of version 7 in lower case (RFC 9562): they sort by the millisecond for which they were made, so that an index of them grows at one end. Thread-safe. */
public final class UuidV7 {
    private static final SecureRandom RANDOM = new SecureRandom();

    private UuidV7() {}

    /** A fresh one. */
    public static String next(Instant now) {
        return of(now, RANDOM.nextLong(), RANDOM.nextLong());
    }

    /**
     * The same one for the same arguments.
     *
     * @param high whose lower 12 bits are used
     * @param low whose lower 62 bits are used
     */
    public static String of(Instant time, long high, long low) {
        return new UUID(
                        time.toEpochMilli() << 16 | 0x7000 | high & 0x0FFF,
                        low & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L)
                .toString();
    }
}
