package bulwark.gateway.http1;

/**
 * What a head may measure at most.
 *
 * @param targetBytes of a request's target, at most 8,192
 * @param fieldBytes of all header lines with their line ends, at most 16,384
 * @param fields how many header lines
 */
public record HeadLimits(int targetBytes, int fieldBytes, int fields) {
    /** Beside the target: method, version, an empty line in front, line ends. */
    private static final int LINE_EXTRA_BYTES = 64;

    public static final HeadLimits STANDARD = new HeadLimits(8_192, 16_384, 100);

    public HeadLimits {
        // Offsets into a head are stored in 16 bits.
        if (targetBytes > 8_192 || fieldBytes > 16_384 || fields > 1_000) {
            throw new IllegalArgumentException("limits of a head are beyond what the reader can hold");
        }
    }

    /** No head that is accepted is longer. */
    public int maxBytes() {
        return targetBytes + fieldBytes + LINE_EXTRA_BYTES;
    }
}
