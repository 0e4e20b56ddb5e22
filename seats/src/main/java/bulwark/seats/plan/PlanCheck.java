package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is wrong with a plan by itself, without a network and without trust in the program that made it. */
public final class PlanCheck {
    private static final String CREDENTIALS_PREFIX = "0x01" + "00".repeat(11);

    private PlanCheck() {}

    /**
     * One thing that is wrong.
     *
     * @param code stable
     * @param sentence for people
     */
    public record Finding(String code, String sentence) {}

    /**
     * @param now null to leave the time out
     * @param code that makes vaults, or null: the address of a vault is then not derived
     * @return empty when target, value and calldata are those of the action, and its parts belong together
     */
    public static List<Finding> of(Plan plan, @Nullable Instant now, @Nullable VaultCode code) {
        List<Finding> findings = new ArrayList<>();
        if (now != null && !now.isBefore(plan.expiresAt())) {
            findings.add(new Finding("EXPIRED", "The plan expired at " + plan.expiresAt() + ": make a fresh one."));
        }
        call(plan, findings);
        switch (plan.action()) {
            case PlannedAction.Approve approve ->
                intent(plan, approve.withdrawalCredentials(), approve.depositor(), findings);
            case PlannedAction.Remove remove ->
                intent(plan, remove.withdrawalCredentials(), remove.depositor(), findings);
            case PlannedAction.Deposit deposit -> deposit(plan, deposit, code, findings);
            case PlannedAction.DeployVault deploy ->
                vault(plan, deploy.pubkey(), deploy.vault(), deploy.parameters(), code, findings);
            default -> {}
        }
        return findings;
    }

    private static void call(Plan plan, List<Finding> findings) {
        if (plan.action() instanceof PlannedAction.BumpFee) {
            return;
        }
        EvmAddress target = CallEncoder.target(plan.action(), plan.network(), plan.treasury());
        if (!plan.target().equals(target)) {
            findings.add(new Finding(
                    "TARGET_MISMATCH",
                    "The plan calls " + plan.target().checksummed() + ", and its action is a call of "
                            + target.checksummed() + "."));
        }
        BigInteger value = CallEncoder.value(plan.action());
        if (!plan.value().equals(value)) {
            findings.add(new Finding(
                    "VALUE_MISMATCH",
                    "The plan sends " + PlanSentence.coins(plan.value()) + ", and its action needs "
                            + PlanSentence.coins(value) + "."));
        }
        if (!plan.calldata().equals(CallEncoder.calldata(plan.action()))) {
            findings.add(new Finding(
                    "CALLDATA_MISMATCH", "The calldata does not say what the action says: it would do another thing."));
        }
    }

    private static void intent(Plan plan, String credentials, EvmAddress depositor, List<Finding> findings) {
        credentials(credentials, findings);
        if (!depositor.equals(plan.network().treasuryRouter())) {
            findings.add(new Finding(
                    "DEPOSITOR_MISMATCH",
                    "The depositor " + depositor.checksummed() + " is not the router that deposits."));
        }
    }

    private static Optional<EvmAddress> credentials(String credentials, List<Finding> findings) {
        if (!credentials.startsWith(CREDENTIALS_PREFIX)) {
            findings.add(new Finding(
                    "CREDENTIALS_INVALID",
                    "The withdrawal credentials are not 0x01, eleven zero bytes and an address: the principal would"
                            + " come back to nobody known."));
            return Optional.empty();
        }
        return Optional.of(new EvmAddress("0x" + credentials.substring(CREDENTIALS_PREFIX.length())));
    }

    private static void deposit(
            Plan plan, PlannedAction.Deposit deposit, @Nullable VaultCode code, List<Finding> findings) {
        Optional<EvmAddress> named = credentials(deposit.withdrawalCredentials(), findings);
        if (named.isPresent() && !named.get().equals(deposit.vault())) {
            findings.add(new Finding(
                    "CREDENTIALS_MISMATCH",
                    "The withdrawal credentials name " + named.get().checksummed() + ", and the vault is "
                            + deposit.vault().checksummed() + "."));
        }
        String root = DepositDataRoot.of(
                deposit.pubkey(), deposit.withdrawalCredentials(), deposit.amountGwei(), deposit.signature());
        if (!root.equals(deposit.depositDataRoot())) {
            findings.add(new Finding(
                    "DEPOSIT_DATA_ROOT_MISMATCH",
                    "The deposit data root is not that of key, credentials, amount and signature."));
        }
        if (!deposit.expectedDepositRoot().equals(plan.preconditions().depositRoot())) {
            findings.add(new Finding(
                    "DEPOSIT_ROOT_MISMATCH", "The call insists on another deposit root than the preconditions name."));
        }
        vault(plan, deposit.pubkey(), deposit.vault(), deposit.parameters(), code, findings);
    }

    private static void vault(
            Plan plan,
            String pubkey,
            EvmAddress vault,
            VaultParameters parameters,
            @Nullable VaultCode code,
            List<Finding> findings) {
        if (code == null) {
            return;
        }
        if (!code.hash().equals(plan.network().vaultCreationCodeHash())) {
            findings.add(new Finding(
                    "VAULT_CODE_MISMATCH", "The code that makes vaults is another than the plan's network has."));
            return;
        }
        EvmAddress derived = code.address(plan.network(), pubkey, parameters);
        if (!derived.equals(vault)) {
            findings.add(new Finding(
                    "VAULT_MISMATCH",
                    "The factory puts the vault of this key with these parameters at " + derived.checksummed()
                            + ", and the plan names " + vault.checksummed() + "."));
        }
    }
}
