package bulwark.seats.contract;

/** Functions of the vault factory. */
public final class VaultFactoryAbi {
    public static final ContractFunction ROUTER = ContractFunction.of("router()", "address");
    /** By keccak256 of the public key. */
    public static final ContractFunction VAULT_OF = ContractFunction.of("vaultOf(bytes32)", "address");

    public static final ContractFunction IS_VAULT = ContractFunction.of("isVault(address)", "bool");

    private VaultFactoryAbi() {}
}
