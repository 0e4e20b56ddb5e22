package bulwark.seats.beacon;

/**
 * A validator as one consensus client shows it. Immutable.
 *
 * @param index in the registry, from 0
 * @param pubkey 0x and 96 hexadecimal digits in lower case
 * @param withdrawalCredentials 0x and 64 digits in lower case
 * @param balanceGwei from 0
 * @param activationEpoch {@link #FAR_FUTURE} while it has none; exitEpoch likewise
 */
public record BeaconValidatorView(
        long index,
        String pubkey,
        String withdrawalCredentials,
        ValidatorStatus status,
        long balanceGwei,
        boolean slashed,
        long activationEpoch,
        long exitEpoch) {
    /** Stands for 2^64 - 1, which the protocol writes for "none". */
    public static final long FAR_FUTURE = Long.MAX_VALUE;
}
