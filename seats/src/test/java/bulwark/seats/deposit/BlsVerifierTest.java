package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.seats.deposit.BlsVerifier.SignedRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BlsVerifierTest {
    private static SignedRoot signed(int seed) {
        DepositData deposit = SignedDeposit.of(seed, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK);
        return new SignedRoot(deposit.pubkey(), deposit.signature(), deposit.signingRoot(SignedDeposit.NETWORK));
    }

    @Test
    void one_bad_signature_among_many_is_the_only_one_that_is_refused() {
        try (BlsVerifier verifier = BlsVerifier.ofThisProgram()) {
            List<SignedRoot> batch = new ArrayList<>();
            for (int i = 1; i <= 70; i++) {
                batch.add(signed(i));
            }
            assertThat(verifier.verify(batch)).hasSize(70).containsOnly(true);
            batch.set(
                    66,
                    new SignedRoot(
                            batch.get(66).pubkey(),
                            batch.get(65).signature(),
                            batch.get(66).root()));
            List<Boolean> verdicts = verifier.verify(batch);
            assertThat(verdicts.indexOf(false)).isEqualTo(66);
            assertThat(verdicts.lastIndexOf(false)).isEqualTo(66);
        }
    }

    /** Two wrong signatures whose sum is right pass a check that does not weigh its members. */
    @Test
    void two_signatures_that_were_swapped_do_not_balance_each_other() {
        try (BlsVerifier verifier = BlsVerifier.ofThisProgram()) {
            SignedRoot one = signed(1);
            SignedRoot two = signed(2);
            assertThat(verifier.verify(List.of(
                            new SignedRoot(one.pubkey(), two.signature(), one.root()),
                            new SignedRoot(two.pubkey(), one.signature(), two.root()))))
                    .containsOnly(false);
        }
    }

    @Test
    void a_child_that_dies_costs_at_most_the_request_in_hand() throws Exception {
        try (BlsVerifier verifier = BlsVerifier.ofThisProgram()) {
            assertThat(verifier.verify(List.of(signed(1)))).containsExactly(true);
            Process first = Objects.requireNonNull(verifier.child());
            assertThat(Files.readString(Path.of("/proc", Long.toString(first.pid()), "environ")))
                    .as("the child knows no secret of its parent")
                    .isEmpty();
            first.destroyForcibly().waitFor();
            assertThat(verifier.verify(List.of(signed(1)))).containsExactly(true);
            assertThat(verifier.child()).isNotSameAs(first);
        }
    }

    @Test
    void a_child_that_does_not_start_is_a_failure_and_no_verdict() {
        try (BlsVerifier verifier = new BlsVerifier(List.of("/nonexistent"))) {
            assertThatThrownBy(() -> verifier.verify(List.of(signed(1)))).isInstanceOf(BlsFailed.class);
        }
        try (BlsVerifier verifier = new BlsVerifier(List.of("/bin/true"))) {
            assertThatThrownBy(() -> verifier.verify(List.of(signed(1)))).isInstanceOf(BlsFailed.class);
        }
    }
}
