package bulwark.app.stem.probe;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What tasks bring to the doctor. */
public final class TaskProbes implements PartProbes {
    /** Of tasks that must be refused; a worker that is to be looked at takes from it. */
    public static final String QUEUE = "bulwark-doctor";

    static final String NAME = "tasks";
    private static final String PORT = "STEM_METRICS_PORT=";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new UnsignedTaskProbe(),
                new ForeignKeyTaskProbe(),
                new ForgedTaskProbe(),
                new ForgeryCountedProbe(),
                new KeyFilesProbe(),
                new WorkerWithoutKeyProbe(),
                new SigningKeyAgesProbe(),
                new TrustedKeysPinnedProbe(),
                new WorkerHeartbeatProbe(),
                new BeatAliveProbe(),
                new ConfinedProcessesProbe(),
                new RedisPlaintextProbe(),
                new RedisCertificateProbe(),
                new RedisPasswordProbe(),
                new RedisEvictionProbe(),
                new RedisDurabilityProbe());
    }

    @Override
    public Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException {
        Path folder = state.resolve(NAME);
        List<TargetProcess> processes = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("state", folder.toString());
        for (String name : List.of("worker", "beat")) {
            if (PidFile.inspect(folder.resolve(name).resolve(name + ".pid")) instanceof PidFile.State.Running running) {
                Optional<Integer> port = metricsPort(running.pid());
                port.ifPresent(number -> values.put(name + "_url", "http://localhost:" + number));
                processes.add(
                        new TargetProcess(name, running.pid(), port.map(Set::of).orElse(Set.of())));
            }
        }
        return processes.isEmpty() ? Optional.empty() : Optional.of(new TargetPart(NAME, values, processes));
    }

    /** What the process was started with, which the kernel shows. */
    private static Optional<Integer> metricsPort(long pid) {
        return environment(pid).stream()
                .filter(word -> word.startsWith(PORT))
                .map(word -> Integer.valueOf(word.substring(PORT.length())))
                .findFirst();
    }

    /** As {@code NAME=value}; empty of a process that ended, or is another user's. */
    static List<String> environment(long pid) {
        try {
            String all = Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(all.split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
