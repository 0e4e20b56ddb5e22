package bulwark.seats.contract;

/** Functions of the treasury router: everything that the active signer sends. */
public final class TreasuryRouterAbi {
    public static final ContractFunction CREATE_VAULT =
            ContractFunction.of("createVault(bytes,address,uint256,uint256,uint256)", "address");
    public static final ContractFunction ADD_ALLOWED_FOR =
            ContractFunction.of("addAllowedDepositFor(bytes,bytes,uint64,address)");
    public static final ContractFunction REMOVE_ALLOWED =
            ContractFunction.of("removeAllowedDeposit(bytes,bytes,uint64,address)");
    /** Public key, credentials, signature, deposit data root, and the {@code get_deposit_root()} that the caller expects. */
    public static final ContractFunction DEPOSIT = ContractFunction.of("deposit(bytes,bytes,bytes,bytes32,bytes32)");

    public static final ContractFunction TRIGGER_EXIT = ContractFunction.of("triggerValidatorExit(address)");
    public static final ContractFunction PROPOSE_SETTLEMENT = ContractFunction.of("proposeSettlement(address,uint256)");
    public static final ContractFunction FINALIZE_SETTLEMENT = ContractFunction.of("finalizeSettlement(address)");
    public static final ContractFunction CANCEL_SETTLEMENT = ContractFunction.of("cancelSettlement(address)");
    public static final ContractFunction CLAIM_PRINCIPAL = ContractFunction.of("claimPrincipal(address)");
    public static final ContractFunction DRAIN_REMAINDER = ContractFunction.of("drainRemainder(address)");
    public static final ContractFunction PAUSE = ContractFunction.of("pause()");
    public static final ContractFunction SET_ALLOWLIST = ContractFunction.of("setPubkeyAllowlistEnabled(bool)");
    public static final ContractFunction SET_OWNER_ONLY = ContractFunction.of("setOwnerOnlyDepositorEnabled(bool)");
    public static final ContractFunction PROPOSE_ALLOWLIST_DISABLE = ContractFunction.of("proposeAllowlistDisable()");
    public static final ContractFunction EXECUTE_ALLOWLIST_DISABLE = ContractFunction.of("executeAllowlistDisable()");
    public static final ContractFunction CANCEL_ALLOWLIST_DISABLE = ContractFunction.of("cancelAllowlistDisable()");
    public static final ContractFunction CONNECT = ContractFunction.of("connect(address,address)");
    public static final ContractFunction ACTIVE_SIGNER = ContractFunction.of("activeSigner()", "address");
    public static final ContractFunction GOVERNOR = ContractFunction.of("governor()", "address");
    public static final ContractFunction GATE = ContractFunction.of("gate()", "address");
    public static final ContractFunction FACTORY = ContractFunction.of("factory()", "address");
    public static final ContractFunction PAUSED = ContractFunction.of("paused()", "bool");

    private TreasuryRouterAbi() {}
}
