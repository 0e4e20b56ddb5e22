package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An agent on the command line, or in a variable that the JVM reads, is code beside ours in a process that holds keys. */
final class NoDebugAgentProbe implements Probe {
    private static final List<String> AGENTS = List.of(
            "-agentlib:", "-agentpath:", "-javaagent:", "-Xrunjdwp", "-Xdebug", "-Dcom.sun.management.jmxremote");
    private static final List<String> VARIABLES =
            List.of("JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=", "_JAVA_OPTIONS=", "LD_PRELOAD=", "LD_AUDIT=");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-ATTACH-02",
                        Severity.CRITICAL,
                        "No process carries a debugger, a management agent or a preloaded library.",
                        "tutorial, \"What you have now\"",
                        "Take the option or the variable away and restart the process")
                .requires("V13.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> found = new ArrayList<>();
        List<HostProcess> all = HostProcess.of(visit);
        for (HostProcess process : all) {
            process.commandLine().stream()
                    .filter(word -> AGENTS.stream().anyMatch(word::startsWith))
                    .forEach(word -> found.add(process.words() + " was started with " + word));
            process.environment().stream()
                    .filter(word -> VARIABLES.stream().anyMatch(word::startsWith))
                    .forEach(word -> found.add(
                            process.words() + " was started with " + word.substring(0, word.indexOf('=')) + " set"));
        }
        return Observed.of(
                found.isEmpty(),
                "no agent among the arguments, and none of the variables that load one",
                found.isEmpty() ? all.size() + " processes, none with an agent" : FilesClosedProbe.first(found));
    }
}
