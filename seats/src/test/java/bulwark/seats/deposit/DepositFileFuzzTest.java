package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class DepositFileFuzzTest {
    /** Whatever an operator hands over is a deposit whose roots are right, or is refused with codes. */
    @FuzzTest(maxDuration = "30s")
    void a_file_is_a_deposit_or_refused(byte[] file) {
        try {
            DepositFile parsed = DepositFile.parse(file);
            assertThat(parsed.deposit().amountGwei()).isEqualTo(DepositFile.SEAT_GWEI);
            assertThat(parsed.deposit().credentials()[0]).isEqualTo((byte) 1);
        } catch (DepositFileRefused refused) {
            assertThat(refused.findings()).isNotEmpty();
        }
    }
}
