package bulwark.kernel.quota;

/**
 * What a consumer is told of the limit that is nearest to being used up.
 *
 * @param limit calls
 * @param remaining calls, ≥ 0
 * @param resetSeconds epoch second at which it is whole again
 */
public record QuotaStatus(long limit, long remaining, long resetSeconds) {}
