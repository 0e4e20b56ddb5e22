package bulwark.testkit;

/**
 * The figures of a consensus layer, small enough for a test. Immutable.
 *
 * @param slotsPerEpoch slots of twelve seconds
 * @param committeePeriod epochs that a validator must have been active before it may exit
 * @param activationDelay epochs between the deposit's processing and activation; between exit request and exit too
 * @param withdrawabilityDelay epochs between exit and withdrawal
 */
public record BeaconRules(int slotsPerEpoch, int committeePeriod, int activationDelay, int withdrawabilityDelay) {
    public static final int SECONDS_PER_SLOT = 12;

    public static final BeaconRules SHORT = new BeaconRules(4, 2, 1, 1);
}
