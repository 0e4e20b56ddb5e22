package bulwark.seats.signer;

import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApprovalRefused;
import bulwark.seats.approval.ApproverList;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsFailed;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.plan.DepositDataRoot;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.plan.VaultParameters;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a plan is signed, by nothing but the plan, its own policy, its own list of approvers and its own memory: the caller is believed in nothing. Thread-safe.
 */
final class TransactionSigner {
    private static final BigInteger WEI_OF_GWEI = BigInteger.valueOf(1_000_000_000);
    private static final String CREDENTIALS_PREFIX = "0x01" + "00".repeat(11);
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    private final TreasuryKey key;
    private final SigningPolicy policy;
    private final ApproverList approvers;
    private final VaultCode vaultCode;
    private final DepositVerifier deposits;
    private final SigningJournal journal;
    private final Clock clock;
    private final Signing signing = Signing.fastest();

    /** @throws SigningRefused when key, policy and vault code do not belong together */
    TransactionSigner(
            TreasuryKey key,
            SigningPolicy policy,
            ApproverList approvers,
            VaultCode vaultCode,
            DepositVerifier deposits,
            SigningJournal journal,
            Clock clock) {
        this.key = key;
        this.policy = policy;
        this.approvers = approvers;
        this.vaultCode = vaultCode;
        this.deposits = deposits;
        this.journal = journal;
        this.clock = clock;
        if (!key.address().equals(policy.treasury())) {
            throw new SigningRefused(
                    "TREASURY_MISMATCH",
                    "The key is that of " + key.address().checksummed() + ", and the policy names the treasury "
                            + policy.treasury().checksummed() + ".");
        }
        if (!vaultCode.hash().equals(policy.network().vaultCreationCodeHash())) {
            throw new SigningRefused(
                    "VAULT_CODE_MISMATCH", "The creation code of vaults is another than the policy pins.");
        }
    }

    /**
     * @param rawTransaction as nodes take it: 0x and hexadecimal digits
     * @param hash of the transaction
     */
    record Signed(String rawTransaction, String hash) {}

    /** @throws SigningRefused with the reason; nothing was signed, and the refusal is on record */
    Signed sign(SigningRequest request) {
        try {
            Instant now = clock.instant();
            Plan plan = request.plan();
            requireIdentity(plan, now);
            requireCall(plan);
            requireFees(request);
            SigningRule rule = rule(request, now);
            Set<String> persons = approvals(request, rule, now);
            requireSignedDeposit(plan);
            SigningJournal.Entry entry = new SigningJournal.Entry(
                    request,
                    rule,
                    PlanSentence.of(plan),
                    persons.stream().sorted().toList());
            String raw = journal.reserve(entry, now).orElseGet(() -> signed(request));
            byte[] bytes = HexFormat.of().parseHex(raw, 2, raw.length());
            return new Signed(raw, "0x" + HexFormat.of().formatHex(Keccak256.hash(bytes)));
        } catch (SigningRefused refusal) {
            journal.refused(refusal, request.plan().digest().text(), request.nonce());
            throw refusal;
        }
    }

    private String signed(SigningRequest request) {
        FeeMarketTransaction transaction = request.transaction();
        byte[] hash = transaction.signingHash();
        RecoveredSignature signature = RecoveredSignature.of(hash, key.sign(hash), key.address());
        String raw = "0x" + HexFormat.of().formatHex(transaction.signed(signature));
        // A key in KMS or a token makes another signature each time: of two equal requests at once, both get what was
        // kept first.
        return journal.complete(HexFormat.of().formatHex(hash), raw);
    }

    /** Last, because it costs most: a signature that does not count would burn the deposit. */
    private void requireSignedDeposit(Plan plan) {
        if (!(plan.action() instanceof PlannedAction.Deposit deposit)) {
            return;
        }
        boolean signed;
        try {
            signed = deposits.isSigned(new DepositData(
                    HexText.bytes(deposit.pubkey()),
                    HexText.bytes(deposit.withdrawalCredentials()),
                    deposit.amountGwei(),
                    HexText.bytes(deposit.signature())));
        } catch (BlsFailed e) {
            throw new SigningRefused(
                    "DEPOSIT_SIGNATURE_UNVERIFIED",
                    "The signature of the deposit cannot be verified now, and none is signed unseen. "
                            + e.getMessage());
        }
        if (!signed) {
            throw new SigningRefused(
                    "DEPOSIT_SIGNATURE_INVALID",
                    "The validator's key did not sign this deposit for this network: the beacon chain would ignore it, and the"
                            + " principal with it.");
        }
    }

    private void requireIdentity(Plan plan, Instant now) {
        if (plan.network().chainId() != policy.network().chainId()) {
            throw new SigningRefused(
                    "CHAIN_MISMATCH",
                    "The plan is of chain " + plan.network().chainId() + ", and the policy of chain "
                            + policy.network().chainId() + ".");
        }
        if (!plan.network().equals(policy.network())) {
            throw new SigningRefused("NETWORK_MISMATCH", "The plan names other contracts than the policy.");
        }
        if (!plan.treasury().equals(policy.treasury())) {
            throw new SigningRefused("TREASURY_MISMATCH", "The plan names another treasury than the policy.");
        }
        if (!now.isBefore(plan.expiresAt()) || plan.createdAt().isAfter(now.plus(CLOCK_TOLERANCE))) {
            throw new SigningRefused(
                    "PLAN_EXPIRED",
                    "The plan counts from " + plan.createdAt() + " to " + plan.expiresAt() + ", and not now.");
        }
    }

    private void requireCall(Plan plan) {
        switch (plan.action()) {
            // Compared with what was signed under its nonce, by the journal.
            case PlannedAction.BumpFee _ -> {}
            case PlannedAction.CancelTransaction _ -> {
                if (!plan.target().equals(policy.treasury())
                        || plan.value().signum() != 0
                        || !plan.calldata().equals("0x")) {
                    throw new SigningRefused(
                            "CALLDATA_MISMATCH", "A cancel is an empty transaction to the treasury itself.");
                }
            }
            default -> {
                if (!plan.target().equals(policy.network().treasuryRouter())) {
                    throw new SigningRefused(
                            "TARGET_MISMATCH",
                            "The plan calls " + plan.target().checksummed() + ", which is not the treasury's router.");
                }
                if (!DecodedCall.of(plan.calldata()).does(plan.action())) {
                    throw new SigningRefused(
                            "CALLDATA_MISMATCH", "The calldata does another thing than the action of the plan.");
                }
                requireValue(plan);
                requireVault(plan);
            }
        }
    }

    private static void requireValue(Plan plan) {
        BigInteger value = switch (plan.action()) {
            case PlannedAction.Deposit deposit ->
                BigInteger.valueOf(deposit.amountGwei()).multiply(WEI_OF_GWEI);
            case PlannedAction.ForceExit exit -> exit.maxFeeWei();
            default -> BigInteger.ZERO;
        };
        if (!plan.value().equals(value)) {
            throw new SigningRefused(
                    "VALUE_MISMATCH", "The plan sends " + plan.value() + " wei, and its action " + value + ".");
        }
    }

    private void requireVault(Plan plan) {
        switch (plan.action()) {
            case PlannedAction.Approve approve -> {
                requireCredentials(approve.withdrawalCredentials(), null);
                requireDepositor(approve.depositor());
            }
            case PlannedAction.Remove remove -> requireDepositor(remove.depositor());
            case PlannedAction.Deposit deposit -> {
                EvmAddress vault = derived(deposit.pubkey(), deposit.parameters());
                if (!vault.equals(deposit.vault())) {
                    throw foreignVault(vault);
                }
                requireCredentials(deposit.withdrawalCredentials(), vault);
                String root = DepositDataRoot.of(
                        deposit.pubkey(), deposit.withdrawalCredentials(), deposit.amountGwei(), deposit.signature());
                if (!root.equals(deposit.depositDataRoot())) {
                    throw new SigningRefused(
                            "DEPOSIT_DATA_ROOT_MISMATCH",
                            "The deposit data root is not that of key, credentials, amount and signature.");
                }
            }
            case PlannedAction.DeployVault deploy -> {
                EvmAddress vault = derived(deploy.pubkey(), deploy.parameters());
                if (!vault.equals(deploy.vault())) {
                    throw foreignVault(vault);
                }
            }
            default -> {}
        }
    }

    private EvmAddress derived(String pubkey, VaultParameters parameters) {
        return vaultCode.address(policy.network(), pubkey, parameters);
    }

    private static SigningRefused foreignVault(EvmAddress derived) {
        return new SigningRefused(
                "VAULT_MISMATCH",
                "The factory puts the vault of this key at " + derived.checksummed() + ", and the plan names another.");
    }

    private void requireDepositor(EvmAddress depositor) {
        if (!depositor.equals(policy.network().treasuryRouter())) {
            throw new SigningRefused("DEPOSITOR_MISMATCH", "The depositor is not the treasury's router.");
        }
    }

    private static void requireCredentials(String credentials, @Nullable EvmAddress vault) {
        boolean formed = credentials.startsWith(CREDENTIALS_PREFIX);
        if (!formed
                || (vault != null
                        && !credentials
                                .substring(CREDENTIALS_PREFIX.length())
                                .equals(vault.text().substring(2)))) {
            throw new SigningRefused(
                    "CREDENTIALS_MISMATCH",
                    "The withdrawal credentials are not those of the validator's vault: the principal would come back"
                            + " to somebody else.");
        }
    }

    private static void requireFees(SigningRequest request) {
        Plan plan = request.plan();
        if (request.gasLimit() > plan.gas().limit()
                || request.maxFeePerGas().compareTo(plan.gas().maxFeePerGas()) > 0
                || request.maxPriorityFeePerGas().compareTo(plan.gas().maxPriorityFeePerGas()) > 0) {
            throw new SigningRefused(
                    "FEE_ABOVE_PLAN",
                    "Gas or fee is above the ceiling of the plan: plan a fee-bump with a higher one.");
        }
    }

    private SigningRule rule(SigningRequest request, Instant now) {
        SigningRule rule = policy.find(request.plan(), journal::hasDepositFor)
                .orElseThrow(() -> new SigningRefused(
                        "POLICY_DENIED",
                        "No rule of the policy is about this plan, and what none is about is not signed."));
        if (!rule.allow()) {
            throw new SigningRefused("POLICY_DENIED", "The rule " + rule.name() + " of the policy denies this plan.");
        }
        if (request.maxFeePerGas().compareTo(rule.maxFeePerGasWei()) > 0 || request.gasLimit() > rule.maxGas()) {
            throw new SigningRefused(
                    "FEE_ABOVE_POLICY", "Gas or fee is above the ceiling of the rule " + rule.name() + ".");
        }
        int hour = now.atOffset(ZoneOffset.UTC).getHour();
        if (hour < rule.fromHour() || hour >= rule.toHour()) {
            throw new SigningRefused(
                    "OUTSIDE_HOURS",
                    "The rule " + rule.name() + " signs from " + rule.fromHour() + " to " + rule.toHour()
                            + " o'clock UTC.");
        }
        return rule;
    }

    private Set<String> approvals(SigningRequest request, SigningRule rule, Instant now) {
        if (rule.isOfWatcher()
                && request.plan().kind() != PlanKind.BUMP_FEE
                && !request.plan().proposer().equals(Plan.WATCHER)) {
            throw new SigningRefused(
                    "APPROVALS_MISSING",
                    "The rule " + rule.name() + " signs what the watcher proposes, and this plan is of "
                            + request.plan().proposer() + ": put a rule with approvals before it.");
        }
        int needed = request.plan().kind() == PlanKind.CANCEL ? Math.max(1, rule.approvals()) : rule.approvals();
        try {
            return approvers.require(request.plan(), request.approvals(), needed, signing, now);
        } catch (ApprovalRefused e) {
            throw new SigningRefused(e.code(), String.valueOf(e.getMessage()));
        }
    }
}
