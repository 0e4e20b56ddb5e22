package bulwark.app.stoa;

import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The gateway's process, for the doctor's look at the machine; its own controls are judged by {@code stoa hardening check}. */
final class GatewayProcesses implements PartProbes {
    private static final String NAME = "gateway";

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
        if (!(PidFile.inspect(folder.resolve(NAME + ".pid")) instanceof PidFile.State.Running running)) {
            return Optional.empty();
        }
        Configuration settings = Configuration.readLenient(GatewaySettings.schema(), Map.of(), folder);
        Set<Integer> ports = Set.copyOf(
                List.of(settings.port("STOA_PORT"), settings.port("STOA_ADMIN_PORT"), settings.port("STOA_TLS__PORT")));
        return Optional.of(new TargetPart(NAME, Map.of(), List.of(new TargetProcess(NAME, running.pid(), ports))));
    }
}
