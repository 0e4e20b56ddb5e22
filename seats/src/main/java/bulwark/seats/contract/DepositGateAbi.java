package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
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

    /** An intent was put on the list, and one was taken off it: topics are intent and depositor, data are epoch and public key. */
    public static final String INTENT_ALLOWED_TOPIC = topic("DepositIntentAllowedFor(bytes32,address,uint256,bytes)");

    public static final String INTENT_REMOVED_TOPIC = topic("DepositIntentRemovedFor(bytes32,address,uint256,bytes)");

    private static final List<AbiType> INTENT_EVENT = List.of(AbiType.UINT256, AbiType.BYTES);

    private static final List<AbiType> DEPOSIT_EVENT =
            List.of(AbiType.BYTES, AbiType.BYTES, AbiType.BYTES, AbiType.BYTES, AbiType.BYTES);
    private static final int[] DEPOSIT_EVENT_BYTES = {48, 32, 8, 96, 8};

    private DepositGateAbi() {}

    private static String topic(String event) {
        return HexText.of(Keccak256.hash(event.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Epoch of ownership and public key of an intent. @throws AbiRefused when the data are not those of such an event */
    public static AbiValues intentEvent(byte[] data) {
        return AbiValues.decode(INTENT_EVENT, data);
    }

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
