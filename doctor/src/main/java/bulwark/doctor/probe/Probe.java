package bulwark.doctor.probe;

/**
 * One control, looked at from outside. Stateless: each visit calls it once, on a virtual thread that is interrupted at the deadline of {@link ProbeDescription}.
 */
public interface Probe {
    ProbeDescription description();

    /**
     * Looks once. Changes nothing of the target beyond what the description says that it leaves.
     *
     * @throws Exception when it could not look: the result is an {@link Verdict#ERROR} with the exception's sentence
     */
    Observed observe(Visit visit) throws Exception;
}
