package bulwark.app.seatmanager;

import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The seats' API and its signer, for the doctor's look at the machine. */
final class SeatProcesses implements PartProbes {
    private static final String NAME = "seats";
    private static final String PORT = "SEAT_MANAGER_PORT=";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Probe> probes() {
        return List.of();
    }

    @Override
    public Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException {
        Path folder = state.resolve(NAME);
        List<TargetProcess> processes = new ArrayList<>();
        for (Path file : List.of(folder.resolve("seats.pid"), folder.resolve("signer/signer.pid"))) {
            if (PidFile.inspect(file) instanceof PidFile.State.Running running) {
                String name = file.getFileName().toString().replace(".pid", "");
                processes.add(new TargetProcess(name, running.pid(), declaredPorts(running.pid())));
            }
        }
        return processes.isEmpty() ? Optional.empty() : Optional.of(new TargetPart(NAME, Map.of(), processes));
    }

    /** What the process was started with, which the kernel shows. */
    private static Set<Integer> declaredPorts(long pid) throws IOException {
        String environment =
                Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
        return Set.copyOf(List.of(environment.split("\0", -1)).stream()
                .filter(word -> word.startsWith(PORT))
                .map(word -> Integer.valueOf(word.substring(PORT.length())))
                .toList());
    }
}
