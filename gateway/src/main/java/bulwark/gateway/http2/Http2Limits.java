package bulwark.gateway.http2;

/**
 * What one connection of HTTP/2 may take.
 *
 * @param concurrentStreams that the other side may have open
 * @param streamWindowBytes of a body that is not passed on yet
 * @param connectionWindowBytes of all such bodies of one connection
 * @param headerListBytes as RFC 9113 §6.5.2 counts them: 32 bytes for each line beside its text
 * @param freeFrames of each {@link FrameBudget.Kind} within {@link FrameBudget#WINDOW}, before any traffic that earns more
 */
public record Http2Limits(
        int concurrentStreams, int streamWindowBytes, int connectionWindowBytes, int headerListBytes, int freeFrames) {
    public static final Http2Limits STANDARD = new Http2Limits(100, 64 << 10, 1 << 20, 32 << 10, 200);
}
