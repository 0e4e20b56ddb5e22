package bulwark.doctor.target;

import java.util.Set;

/**
 * A process of a target on this machine.
 *
 * @param name how reports call it
 * @param ports TCP ports that it declares; it may listen on no other
 */
public record TargetProcess(String name, long pid, Set<Integer> ports) {
    public TargetProcess {
        ports = Set.copyOf(ports);
    }
}
