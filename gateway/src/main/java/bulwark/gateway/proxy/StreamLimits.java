package bulwark.gateway.proxy;

import java.time.Duration;

/**
 * How many event streams may be open.
 *
 * @param ofSource from one address
 * @param ofTenant of the routes of one tenant
 * @param maxDuration of each, after which it is ended and the client may begin anew
 * @param newOfSourcePerMinute that one address may begin; 0 for any number
 */
public record StreamLimits(int total, int ofSource, int ofTenant, Duration maxDuration, int newOfSourcePerMinute) {
    public static final StreamLimits STANDARD = new StreamLimits(5_000, 10, 100, Duration.ofHours(1), 0);
}
