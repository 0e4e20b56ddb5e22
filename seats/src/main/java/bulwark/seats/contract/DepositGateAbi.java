package bulwark.seats.contract;

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

    private DepositGateAbi() {}
}
