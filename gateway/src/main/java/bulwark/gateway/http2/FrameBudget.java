package bulwark.gateway.http2;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** How many frames a connection may send that cost this side work and carry no request: some within each window of time, and more as it makes real traffic. Used on one event loop. */
public final class FrameBudget {
    public static final Duration WINDOW = Duration.ofSeconds(30);

    /** What is counted. */
    public enum Kind {
        /** Requests that are taken back (CVE-2023-44487). */
        RAPID_RESET,
        /** Requests that the client makes this side reset (CVE-2025-8671). */
        MADE_YOU_RESET,
        SETTINGS,
        PING,
        PRIORITY,
        WINDOW_UPDATE,
        /** Frames of a body or of headers without a byte. */
        EMPTY_FRAME,
        UNKNOWN_FRAME,
        /** Header blocks in very small or in very many pieces; the codec counts them. */
        CONTINUATION;

        /** Label of the metric. */
        public String reason() {
            return LABELS[ordinal()];
        }
    }

    private static final String[] LABELS = {
        "rapid_reset",
        "made_you_reset",
        "settings",
        "ping",
        "priority",
        "window_update",
        "empty_frame",
        "unknown_frame",
        "continuation"
    };
    private static final int FRAMES_FOR_EACH_DATA_FRAME = 4;

    private final int free;
    private final LongSupplier nanos;
    private final int[] spent = new int[LABELS.length];
    private long windowStart;

    /** @param nanos never goes back */
    public FrameBudget(int free, LongSupplier nanos) {
        this.free = free;
        this.nanos = nanos;
        this.windowStart = nanos.getAsLong();
    }

    /** @return false when the connection has sent too many */
    boolean spend(Kind kind) {
        if (++spent[kind.ordinal()] <= free) {
            return true;
        }
        long now = nanos.getAsLong();
        if (now - windowStart < WINDOW.toNanos()) {
            return false;
        }
        windowStart = now;
        Arrays.fill(spent, 0);
        spent[kind.ordinal()] = 1;
        return true;
    }

    /** A call was answered. */
    public void answered() {
        earn(Kind.RAPID_RESET, 1);
        earn(Kind.PRIORITY, 1);
    }

    /** A frame of a body passed, in either direction. */
    public void dataPassed() {
        earn(Kind.PING, FRAMES_FOR_EACH_DATA_FRAME);
        earn(Kind.WINDOW_UPDATE, FRAMES_FOR_EACH_DATA_FRAME);
    }

    private void earn(Kind kind, int frames) {
        int i = kind.ordinal();
        spent[i] = Math.max(0, spent[i] - frames);
    }
}
