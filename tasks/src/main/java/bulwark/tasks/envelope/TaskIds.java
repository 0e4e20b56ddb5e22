package bulwark.tasks.envelope;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/** Ids of tasks: UUIDv7 in lower case (RFC 9562), so that they sort by the millisecond in which they were made. Thread-safe. */
public final class TaskIds {
    private static final SecureRandom RANDOM = new SecureRandom();

    private TaskIds() {}

    public static String next(Clock clock) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        long high = clock.millis() << 16 | 0x7000 | (random[0] & 0x0F) << 8 | random[1] & 0xFF;
        long low = 0;
        for (int i = 2; i < random.length; i++) {
            low = low << 8 | random[i] & 0xFF;
        }
        return new UUID(high, low & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L).toString();
    }
}
