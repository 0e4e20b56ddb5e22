package bulwark.gateway.identity;

import bulwark.kernel.quota.Quotas;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what credentials cost that were never seen before: so many a second for each source, and so many at a time in sum. A flood of made-up credentials costs its sender's budget and
 * nothing else. Thread-safe; never blocks.
 */
public final class FirstSightGate {
    private static final String DIMENSION = "first_sight";
    static final int MAX_UNDER_WAY = 256;
    private static final int NETWORK_BYTES = 8;

    private final Quotas budgets;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

    /** @param perSecond of one source; also how many may come at once */
    public FirstSightGate(long perSecond, Clock clock) {
        budgets = Quotas.of(Map.of(DIMENSION, new Quotas.Limit(perSecond, perSecond)), clock);
    }

    /** Why a credential may not be looked at now. */
    public sealed interface Denial {
        /** @param seconds until the source may present another */
        record TooManyNew(double seconds) implements Denial {}

        /** Too many verifications are under way; safe to repeat after a second. */
        record Overloaded() implements Denial {}
    }

    /** Null when the credential may be looked at: then {@link #leave} must follow. */
    public @Nullable Denial tryEnter(String source) {
        if (budgets.tryAcquire(source, "", DIMENSION) instanceof Quotas.Decision.Refused refused) {
            return new Denial.TooManyNew(refused.retryAfter());
        }
        return underWay.tryAcquire() ? null : new Denial.Overloaded();
    }

    public void leave() {
        underWay.release();
    }

    /** The address, or of IPv6 its network of 64 bits: that is what one subscriber has. */
    public static String source(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        StringBuilder network = new StringBuilder("v6-");
        for (int i = 0; i < NETWORK_BYTES; i++) {
            network.append(Character.forDigit(bytes[i] >> 4 & 0xF, 16)).append(Character.forDigit(bytes[i] & 0xF, 16));
        }
        return network.toString();
    }
}
