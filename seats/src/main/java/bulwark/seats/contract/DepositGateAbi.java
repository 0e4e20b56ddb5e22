package bulwark.seats.contract;

import java.util.List;

/** Functions of the deposit gate. What changes the list is called through the router, which is the gate's owner and has the same two functions. */
public final class DepositGateAbi {
    public static final ContractFunction DEPOSIT = ContractFunction.of("deposit(bytes,bytes,bytes,bytes32)");
    public static final ContractFunction GET_DEPOSIT_ROOT = ContractFunction.of("get_deposit_root()", "bytes32");
    public static final ContractFunction GET_DEPOSIT_COUNT = ContractFunction.of("get_deposit_count()", "bytes");
    public static final ContractFunction OWNER = ContractFunction.of("owner()", "address");
    public static final ContractFunction OWNERSHIP_EPOCH = ContractFunction.of("ownershipEpoch()", "uint256");
    public static final ContractFunction ALLOWLIST_ENABLED = ContractFunction.of("pubkeyAllowlistEnabled()", "bool");
    public static final ContractFunction ALLOWLIST_DISABLED_FOREVER =
            ContractFunction.of("pubkeyAllowlistDisabledForever()", "bool");
    /** Seconds since 1970 from which the irreversible end of the list may be carried out; 0 when nobody proposed it. */
    public static final ContractFunction ALLOWLIST_DISABLE_READY_AT =
            ContractFunction.of("allowlistDisableReadyAt()", "uint256");

    public static final ContractFunction OWNER_ONLY_DEPOSITOR =
            ContractFunction.of("ownerOnlyDepositorEnabled()", "bool");
    public static final ContractFunction ALLOWED_DEPOSITS = ContractFunction.of("allowedDeposits(bytes32)", "bool");
    public static final ContractFunction CONSUMED_INTENTS = ContractFunction.of("consumedIntents(bytes32)", "bool");
    public static final ContractFunction IS_ALLOWED =
            ContractFunction.of("isAllowedDepositIntentFor(bytes,bytes,uint64,address)", "bool");
    public static final ContractFunction ADD_ALLOWED_FOR =
            ContractFunction.of("addAllowedDepositFor(bytes,bytes,uint64,address)");
    public static final ContractFunction REMOVE_ALLOWED =
            ContractFunction.of("removeAllowedDeposit(bytes,bytes,uint64,address)");

    /** Of {@code DepositEvent(bytes,bytes,bytes,bytes,bytes)}, which has no indexed members. */
    public static final String DEPOSIT_TOPIC = "0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5";

    private static final List<AbiType> DEPOSIT_EVENT =
            List.of(AbiType.BYTES, AbiType.BYTES, AbiType.BYTES, AbiType.BYTES, AbiType.BYTES);
    private static final int[] DEPOSIT_EVENT_BYTES = {48, 32, 8, 96, 8};

    private DepositGateAbi() {}

    /**
     * Public key, credentials, amount, signature and index of a deposit; amount and index are little-endian.
     *
     * @throws AbiRefused when the data are not those of such an event
     */
    public static AbiValues depositEvent(byte[] data) {
        AbiValues values = AbiValues.decode(DEPOSIT_EVENT, data);
        for (int i = 0; i < DEPOSIT_EVENT_BYTES.length; i++) {
            if (values.bytes(i).length != DEPOSIT_EVENT_BYTES[i]) {
                throw new AbiRefused("A deposit event has members of 48, 32, 8, 96 and 8 bytes.");
            }
        }
        return values;
    }
}
