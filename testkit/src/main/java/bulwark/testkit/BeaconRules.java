package bulwark.testkit;

/**
 * The figures of a consensus layer, small enough for a test. Immutable.
 *
 * @param slotsPerEpoch slots, each with a block
 * @param committeePeriod epochs that a validator must have been active before it may exit
 * @param activationDelay epochs between the deposit's processing and activation; between exit request and exit too
 * @param withdrawabilityDelay epochs between exit and withdrawal
 * @param secondsPerSlot time between two blocks
 */
public record BeaconRules(
        int slotsPerEpoch, int committeePeriod, int activationDelay, int withdrawabilityDelay, int secondsPerSlot) {
    public static final BeaconRules SHORT = new BeaconRules(4, 2, 1, 1, 12);

    /** Delays of contracts that are counted in hours pass in few blocks. */
    public static final BeaconRules FEW_BLOCKS = new BeaconRules(2, 2, 1, 1, 600);

    /** For a chain that a person watches: a block is safe after some five seconds. */
    public static final BeaconRules LOCAL = new BeaconRules(2, 2, 1, 1, 2);
}
