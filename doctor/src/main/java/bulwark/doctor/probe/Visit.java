package bulwark.doctor.probe;

import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a probe may use: the target, the one way to ask it, and what is remembered of it. Thread-safe.
 *
 * @param clock the doctor's own
 */
public record Visit(Target target, ProbeClient client, TargetMemory memory, Clock clock) {
    /**
     * @throws ProbeNotApplicable when this target has no such part
     * @throws IllegalStateException when it was set up and does not run: then nobody can look, and that is no reason to be green
     */
    public TargetPart part(String name) {
        return target.part(name).orElseThrow(() -> absent(name));
    }

    private RuntimeException absent(String name) {
        String fault = target.faults().get(name);
        if (fault != null) {
            return new IllegalStateException(fault);
        }
        boolean setUp = target.state()
                .map(state -> Files.isDirectory(state.resolve(name)))
                .orElse(false);
        return setUp
                ? new IllegalStateException(
                        name + " was set up in the state folder and does not run: start it, and look again")
                : new ProbeNotApplicable("not running: the target has no part of the name " + name);
    }

    /** @throws ProbeNotApplicable when the target is seen over the network alone */
    public Path state() {
        return target.state()
                .orElseThrow(() -> new ProbeNotApplicable("not visible from here: the target names no state folder"));
    }
}
