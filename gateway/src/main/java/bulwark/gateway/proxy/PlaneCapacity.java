package bulwark.gateway.proxy;

/**
 * What a data plane holds at once.
 *
 * @param connections of clients
 * @param connectionsOfSource from one address
 * @param newPerSecond connections that one address may open in a second, over ten of them; 0 for any number
 * @param bufferBytes of requests and answers under way; new calls are refused from four fifths on
 */
public record PlaneCapacity(
        int connections, int connectionsOfSource, double newPerSecond, long bufferBytes, StreamLimits streams) {
    public static final PlaneCapacity STANDARD = new PlaneCapacity(10_000, 5_000, 0, 512L << 20, StreamLimits.STANDARD);
}
