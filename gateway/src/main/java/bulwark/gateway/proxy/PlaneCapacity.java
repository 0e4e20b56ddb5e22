package bulwark.gateway.proxy;

/**
 * What a data plane holds at once.
 *
 * @param connections of clients
 * @param connectionsOfSource from one address
 * @param bufferBytes of requests and answers under way; new calls are refused from four fifths on
 */
public record PlaneCapacity(int connections, int connectionsOfSource, long bufferBytes, StreamLimits streams) {
    public static final PlaneCapacity STANDARD = new PlaneCapacity(10_000, 5_000, 512L << 20, StreamLimits.STANDARD);
}
