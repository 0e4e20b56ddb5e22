package bulwark.seats.chain;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.contract.VaultFactoryAbi;
import bulwark.seats.contract.WithdrawalVaultAbi;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Looks at a vault after its deployment, before a seat relies on it: seven properties, each read from the chain. Thread-safe. */
public final class VaultVerifier {
    private final ExecutionNode node;
    private final EvmAddress factory;
    private final EvmAddress router;

    public VaultVerifier(ExecutionNode node, EvmAddress factory, EvmAddress router) {
        this.node = node;
        this.factory = factory;
        this.router = router;
    }

    /** The vault that was asked for. Immutable. @param pubkey 48 bytes */
    public record Wanted(
            byte[] pubkey, EvmAddress beneficiary, long claimDelaySeconds, BigInteger maxClaimPerPeriodWei) {}

    /** Where it must stand. */
    public EvmAddress address(Wanted wanted) {
        return VaultAddress.of(
                factory,
                router,
                wanted.pubkey(),
                wanted.beneficiary(),
                wanted.claimDelaySeconds(),
                wanted.maxClaimPerPeriodWei());
    }

    /** What is not as it was asked for, each a sentence; empty when all is. @throws RpcFailed when something cannot be read */
    public List<String> problems(Wanted wanted, BlockId at) {
        EvmAddress vault = address(wanted);
        List<String> problems = new ArrayList<>();
        String pinned = HexText.of(ContractCode.WITHDRAWAL_VAULT.runtimeHash());
        String code = node.codeHash(vault, at).orElse("none");
        if (!code.equals(pinned)) {
            problems.add("the code at " + vault + " is " + code + " and not that of a vault, " + pinned);
            return problems;
        }
        EvmAddress registered = node.read(
                        factory, at, VaultFactoryAbi.VAULT_OF, (Object) Keccak256.hash(wanted.pubkey()))
                .address(0);
        compare(problems, "the factory's vault of this key", registered, vault);
        compare(problems, "treasury", address(vault, at, WithdrawalVaultAbi.TREASURY), router);
        compare(problems, "beneficiary", address(vault, at, WithdrawalVaultAbi.BENEFICIARY), wanted.beneficiary());
        compare(
                problems,
                "pubkey",
                HexText.of(node.read(vault, at, WithdrawalVaultAbi.PUBKEY).bytes(0)),
                HexText.of(wanted.pubkey()));
        compare(
                problems,
                "principalTargetWei",
                number(vault, at, WithdrawalVaultAbi.PRINCIPAL_TARGET),
                VaultAddress.PRINCIPAL_TARGET_WEI);
        compare(
                problems,
                "claimDelaySeconds",
                number(vault, at, WithdrawalVaultAbi.CLAIM_DELAY),
                BigInteger.valueOf(wanted.claimDelaySeconds()));
        compare(
                problems,
                "maxClaimPerPeriodWei",
                number(vault, at, WithdrawalVaultAbi.MAX_CLAIM_PER_PERIOD),
                wanted.maxClaimPerPeriodWei());
        untouched(problems, vault, at);
        return problems;
    }

    private void untouched(List<String> problems, EvmAddress vault, BlockId at) {
        for (ContractFunction counter : List.of(
                WithdrawalVaultAbi.PHASE,
                WithdrawalVaultAbi.PRINCIPAL_CLAIMED,
                WithdrawalVaultAbi.REWARDS_CLAIMED,
                WithdrawalVaultAbi.PENDING_CLAIM)) {
            compare(problems, counter.name(), number(vault, at, counter), BigInteger.ZERO);
        }
    }

    private BigInteger number(EvmAddress vault, BlockId at, ContractFunction function) {
        return node.read(vault, at, function).number(0);
    }

    private EvmAddress address(EvmAddress vault, BlockId at, ContractFunction function) {
        return node.read(vault, at, function).address(0);
    }

    private static void compare(List<String> problems, String name, Object actual, Object expected) {
        if (!actual.equals(expected)) {
            problems.add(name + " is " + actual + " and not " + expected);
        }
    }
}
