package bulwark.testkit;

/** A deposit as the consensus layer is told of it. Immutable. @param pubkey like credentials and signature 0x and digits */
public record BeaconDeposit(String pubkey, String credentials, long gwei, String signature) {}
