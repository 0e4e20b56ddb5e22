package bulwark.doctor.probe;

/** What a probe would look at is not there, and need not be; the message is the reason. */
public final class ProbeNotApplicable extends RuntimeException {
    public ProbeNotApplicable(String reason) {
        super(reason, null, false, false);
    }
}
