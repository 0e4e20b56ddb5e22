package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.contract.EvmAddress;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.deposit.SignedDeposit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The holder of a key deposits first: what the chain has of a key decides whether the seat's 32 may follow. */
class FirstDepositTest {
    private static final BlsVerifier BLS = BlsVerifier.ofThisProgram();
    private static final byte[] OURS = SignedDeposit.CREDENTIALS;
    private static final byte[] THEIRS = credentials();

    private static byte[] credentials() {
        byte[] credentials = OURS.clone();
        credentials[31] ^= 1;
        return credentials;
    }

    @AfterAll
    static void stop() {
        BLS.close();
    }

    private static DepositData signed(byte[] credentials, long gwei) {
        return SignedDeposit.of(1, credentials, gwei, SignedDeposit.NETWORK);
    }

    private static DepositData unsigned(byte[] credentials) {
        byte[] signature = signed(credentials, 1_000_000_000L).signature();
        signature[60] ^= 1;
        return new DepositData(signed(credentials, 1).pubkey(), credentials, 1_000_000_000L, signature);
    }

    private static FirstDeposit.Standing of(DepositData... deposits) {
        List<DepositEvent> events = new ArrayList<>();
        for (DepositData deposit : deposits) {
            events.add(new DepositEvent(
                    deposit,
                    events.size(),
                    new EventLog(EvmAddress.ZERO, List.of(), new byte[0], 1, "0x00", "0x00", events.size())));
        }
        return FirstDeposit.of(events, signed(OURS, 1).pubkey(), OURS, new DepositVerifier(SignedDeposit.NETWORK, BLS));
    }

    @Test
    void a_key_without_a_deposit_is_free_and_one_of_another_key_changes_nothing() {
        assertThat(of()).isInstanceOf(FirstDeposit.Standing.None.class);
        assertThat(of(SignedDeposit.of(2, THEIRS, SignedDeposit.NETWORK)))
                .isInstanceOf(FirstDeposit.Standing.None.class);
    }

    @Test
    void a_signed_deposit_with_other_credentials_takes_the_key_whatever_comes_later() {
        assertThat(of(signed(THEIRS, 1_000_000_000L))).isInstanceOf(FirstDeposit.Standing.Foreign.class);
        assertThat(of(signed(THEIRS, 1_000_000_000L), signed(OURS, DepositFile.SEAT_GWEI)))
                .isInstanceOf(FirstDeposit.Standing.Foreign.class);
    }

    /** An event that names our credentials and was signed by nobody makes no validator: it hides the next one. */
    @Test
    void an_unsigned_deposit_with_our_credentials_does_not_hide_a_signed_one_of_somebody_else() {
        assertThat(of(unsigned(OURS), signed(THEIRS, 1_000_000_000L)))
                .isInstanceOf(FirstDeposit.Standing.Foreign.class);
        assertThat(of(unsigned(OURS))).isInstanceOf(FirstDeposit.Standing.Unsigned.class);
        assertThat(of(unsigned(THEIRS), signed(OURS, DepositFile.SEAT_GWEI)))
                .isInstanceOf(FirstDeposit.Standing.Ours.class);
    }

    @Test
    void a_deposit_that_was_signed_for_another_network_makes_no_validator_here() {
        DepositData elsewhere = SignedDeposit.of(1, THEIRS, new ForkVersion("01017000"));
        assertThat(of(elsewhere, signed(OURS, DepositFile.SEAT_GWEI))).isInstanceOf(FirstDeposit.Standing.Ours.class);
    }
}
