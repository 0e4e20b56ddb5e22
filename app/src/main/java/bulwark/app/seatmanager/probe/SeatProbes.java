package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.process.RunFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the seat manager brings to the doctor: its API and its signer. */
public final class SeatProbes implements PartProbes {
    static final String NAME = "seats";
    private static final String PORT = "SEAT_MANAGER_PORT=";
    private static final String SOCKET = "SEAT_MANAGER_SIGNER_SOCKET=";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new KeySettingsProbe(),
                new SignerMaterialProbe(),
                new SignerProcessProbe(),
                new SignerListenerProbe(),
                new SignerSocketProbe(),
                new SignerPeerProbe(),
                new SignerAnswersProbe(),
                new SigningJournalProbe(),
                new SeatListenerProbe(),
                new SeatSecretsFileProbe(),
                new SeatSecretAgesProbe(),
                new SeatSecretsUntrackedProbe(),
                new WeakStartRefusedProbe(),
                new SeatCredentialsProbe(),
                new WrongCredentialKindProbe(),
                new PathSpellingProbe(),
                new TreasuryOverrideProbe(),
                new StepUpProbe(),
                new AdministratorReadsProbe(),
                new StakerAddressProbe(),
                new SessionCookieProbe(),
                new SignInThrottleProbe(),
                new CrossSiteRequestProbe(),
                new MediaTypeProbe(),
                new SeatHeadersProbe(),
                new SeatHealthProbe(),
                new SeatSchemaProbe(),
                new StaticTokenProbe(),
                new StandingAlertsProbe(),
                new WatcherHeartbeatProbe(),
                new SeatAuditRowProbe(),
                new SeatAuditHeadProbe(),
                new SeatAuditChainProbe(),
                new DatabaseRoleProbe());
    }

    @Override
    public Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException {
        Path folder = state.resolve(NAME);
        List<TargetProcess> processes = new ArrayList<>();
        for (String name : List.of(SeatTarget.API, SeatTarget.SIGNER)) {
            Path file = folder.resolve(name.equals(SeatTarget.API) ? "seats.pid" : "signer/signer.pid");
            if (PidFile.inspect(file) instanceof PidFile.State.Running running) {
                processes.add(new TargetProcess(name, running.pid(), declaredPorts(name, running.pid())));
            }
        }
        return processes.isEmpty()
                ? Optional.empty()
                : Optional.of(new TargetPart(NAME, values(folder, processes, enrolment), processes));
    }

    private static Map<String, String> values(Path folder, List<TargetProcess> processes, Enrolment enrolment)
            throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("folder", folder.toString());
        String signer = folder.resolve("signer.sock").toString();
        for (TargetProcess process : processes) {
            signer = started(process, SOCKET).orElse(signer);
        }
        values.put("signer_socket", signer);
        Optional<RunFile> running = RunFile.ofRunning(folder.resolve("seats.db"));
        if (running.isPresent()) {
            Path socket = running.get().socket();
            values.put("api_url", "http://localhost:" + running.get().ports().getOrDefault("port", 0));
            values.put("socket", socket.toString());
            values.put("owner_socket", socket.toString());
            enrol(new ViewerEnrolment(socket, folder, enrolment));
            values.put(
                    "viewer_password_file",
                    enrolment.file(ViewerEnrolment.PASSWORD).toString());
            values.put("session_file", enrolment.file(ViewerEnrolment.SESSION).toString());
            values.put("staker_key_file", enrolment.file(ViewerEnrolment.STAKER).toString());
        }
        return values;
    }

    /** Whoever cannot enrol still looks: the probes that need a user say that they could not. */
    private static void enrol(ViewerEnrolment enrolment) {
        try {
            enrolment.ensure();
        } catch (IOException | UncheckedIOException noUser) {
            // The files stay away, and each probe that reads one names it.
        }
    }

    private static Set<Integer> declaredPorts(String name, long pid) throws IOException {
        return started(new TargetProcess(name, pid, Set.of()), PORT)
                .map(Integer::valueOf)
                .map(Set::of)
                .orElse(Set.of());
    }

    /** What the process was started with, which the kernel shows. */
    private static Optional<String> started(TargetProcess process, String setting) throws IOException {
        return new HostProcess(process)
                .environment().stream()
                        .filter(word -> word.startsWith(setting))
                        .map(word -> word.substring(setting.length()))
                        .findFirst();
    }
}
