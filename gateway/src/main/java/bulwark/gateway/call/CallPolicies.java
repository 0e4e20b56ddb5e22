package bulwark.gateway.call;

/**
 * What the policies of one route do with a call. Immutable.
 *
 * @param arrival before the caller is known; it must decide at once, and may leave a {@link GatewayCall#localAnswer local answer}
 * @param governed behind identity, quota and permission
 * @param answersPreflight whether the arrival stage answers the preflights of browsers
 */
public record CallPolicies(RequestStage arrival, RequestStage governed, boolean answersPreflight) {
    /** Of a route without policies. */
    public static final CallPolicies NONE = new CallPolicies(RequestStage.PASS, RequestStage.PASS, false);
}
