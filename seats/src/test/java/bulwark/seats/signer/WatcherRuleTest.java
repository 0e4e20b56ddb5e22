package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a signer signs without a person: the watcher's settlement of a vault that the signer itself signed a deposit for, so many in a day. */
@Timeout(180)
class WatcherRuleTest {
    @TempDir
    Path folder;

    private SignerUnderTest signer;
    private EvmAddress vault;
    private long nonce = 1;

    @BeforeEach
    void start() throws Exception {
        signer = new SignerUnderTest(folder);
        signer.letWatcherSettle();
        signer.restart();
        Plan deposit = signer.plan(PlanKind.DEPOSIT);
        vault = ((PlannedAction.Deposit) deposit.action()).vault();
        assertThat(signer.outcome(signer.request(deposit, 0))).isEqualTo("signed");
    }

    @AfterEach
    void stop() {
        signer.close();
    }

    private Plan plan(PlannedAction action, String proposer) {
        Plan plan = signer.plans.plan(action);
        return new Plan(
                plan.network(),
                plan.seatId(),
                plan.treasury(),
                plan.target(),
                plan.value(),
                plan.calldata(),
                action,
                plan.preconditions(),
                plan.gas(),
                proposer,
                plan.createdAt(),
                plan.expiresAt());
    }

    private String outcome(PlannedAction action, String proposer) {
        return signer.outcome(new SigningRequest(
                plan(action, proposer), List.of(), nonce++, 200_000, SignerUnderTest.FEE, SignerUnderTest.TIP));
    }

    private static PlannedAction propose(EvmAddress of) {
        return new PlannedAction.ProposeSettlement(of, BigInteger.ZERO);
    }

    private static PlannedAction finalizing(EvmAddress of) {
        return new PlannedAction.VaultStep(PlanKind.FINALIZE_SETTLEMENT, of);
    }

    @Test
    void it_signs_proposal_and_finalisation_of_the_watcher_and_no_more_than_its_bound_in_a_day() {
        assertThat(outcome(propose(vault), Plan.WATCHER)).isEqualTo("signed");
        assertThat(outcome(finalizing(vault), Plan.WATCHER)).isEqualTo("signed");
        assertThat(outcome(propose(vault), Plan.WATCHER)).isEqualTo("RATE_EXCEEDED");
    }

    @Test
    void a_vault_without_a_deposit_of_this_signer_another_step_and_a_plan_of_a_person_take_approvals() {
        assertThat(outcome(propose(signer.plans.address()), Plan.WATCHER)).isEqualTo("APPROVALS_MISSING");
        assertThat(outcome(new PlannedAction.VaultStep(PlanKind.CANCEL_SETTLEMENT, vault), Plan.WATCHER))
                .isEqualTo("APPROVALS_MISSING");
        assertThat(outcome(new PlannedAction.VaultStep(PlanKind.CLAIM_PRINCIPAL, vault), Plan.WATCHER))
                .isEqualTo("APPROVALS_MISSING");
        assertThat(outcome(propose(vault), "olga")).isEqualTo("APPROVALS_MISSING");
        assertThat(signer.client().health().path("signed").asString()).isEqualTo("1");
    }
}
