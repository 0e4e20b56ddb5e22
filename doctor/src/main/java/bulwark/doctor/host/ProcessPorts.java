package bulwark.doctor.host;

import bulwark.doctor.target.TargetProcess;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** Whether a process listens where a file says that it does: a credential for it is meant for nobody else. Stateless. */
public final class ProcessPorts {
    private ProcessPorts() {}

    /**
     * @param name for people
     * @param ports 0 stands for none
     * @throws IOException naming every port on which the process does not listen, or when it cannot be looked at
     */
    public static void check(String name, long pid, Set<Integer> ports) throws IOException {
        Set<Integer> missing = new TreeSet<>(ports);
        missing.remove(0);
        ListeningSocket.of(new HostProcess(new TargetProcess(name, pid, ports)))
                .forEach(socket -> missing.remove(socket.port()));
        if (!missing.isEmpty()) {
            throw new IOException("the run file of the " + name + " names the ports " + missing + ", and its process "
                    + pid + " does not listen there: nothing is sent to a program that does");
        }
    }
}
