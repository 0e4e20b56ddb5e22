package bulwark.kernel.rotation;

/** Where each state of a rotation is recorded as evidence. */
@FunctionalInterface
public interface RotationAudit {
    /** Durable when it returns. A state that is recorded already is not recorded again: after a kill the same one may come twice. */
    void record(RotationRecord rotation);
}
