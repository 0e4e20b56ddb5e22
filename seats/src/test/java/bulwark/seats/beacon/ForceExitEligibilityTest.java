package bulwark.seats.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.beacon.BeaconNode.Spec;
import org.junit.jupiter.api.Test;

class ForceExitEligibilityTest {
    private static final String VAULT = "0x" + "12".repeat(20);
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);
    private static final Spec SPEC = new Spec(32, 12, 256);
    private static final long NEVER = BeaconValidatorView.FAR_FUTURE;

    private static BeaconValidatorView validator(String credentials, ValidatorStatus status, long active, long exit) {
        return new BeaconValidatorView(
                7, "0x" + "ab".repeat(48), credentials, status, 32_000_000_000L, false, active, exit);
    }

    private static int problems(BeaconValidatorView validator, long epoch) {
        return ForceExitEligibility.problems(validator, epoch, SPEC, VAULT).size();
    }

    @Test
    void the_committee_period_counts_from_the_epoch_of_activation_to_the_epoch_exactly() {
        BeaconValidatorView active = validator(CREDENTIALS, ValidatorStatus.ACTIVE_ONGOING, 100, NEVER);
        assertThat(problems(active, 355)).isEqualTo(1);
        assertThat(problems(active, 356)).isZero();
        assertThat(ForceExitEligibility.problems(active, 355, SPEC, VAULT))
                .singleElement()
                .asString()
                .contains("an exit counts from epoch 356");
        Spec shorter = new Spec(32, 12, 2);
        assertThat(ForceExitEligibility.problems(active, 102, shorter, VAULT)).isEmpty();
    }

    @Test
    void other_credentials_another_vault_and_a_compounding_validator_are_not_eligible() {
        for (String credentials : new String[] {
            "0x00" + "00".repeat(11) + "12".repeat(20),
            "0x02" + "00".repeat(11) + "12".repeat(20),
            "0x01" + "00".repeat(11) + "13".repeat(20),
            "0x01" + "00".repeat(10) + "01" + "12".repeat(20)
        }) {
            assertThat(problems(validator(credentials, ValidatorStatus.ACTIVE_ONGOING, 100, NEVER), 900))
                    .as(credentials)
                    .isEqualTo(1);
        }
    }

    @Test
    void one_that_exits_and_one_that_is_not_active_are_not_eligible() {
        assertThat(problems(validator(CREDENTIALS, ValidatorStatus.ACTIVE_EXITING, 100, 901), 900))
                .isEqualTo(1);
        assertThat(problems(validator(CREDENTIALS, ValidatorStatus.PENDING_QUEUED, NEVER, NEVER), 900))
                .isEqualTo(1);
        assertThat(problems(validator(CREDENTIALS, ValidatorStatus.PENDING_QUEUED, 901, NEVER), 900))
                .isEqualTo(1);
    }
}
