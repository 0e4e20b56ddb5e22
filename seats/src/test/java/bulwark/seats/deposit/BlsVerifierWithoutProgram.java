package bulwark.seats.deposit;

import java.util.List;

/** Verifiers whose child does not answer. */
public final class BlsVerifierWithoutProgram {
    private BlsVerifierWithoutProgram() {}

    /** @param program of which the child would be */
    public static BlsVerifier of(String program) {
        return new BlsVerifier(List.of(program));
    }
}
