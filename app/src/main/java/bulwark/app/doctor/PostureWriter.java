package bulwark.app.doctor;

import bulwark.doctor.bundle.OwnerSocketLog;
import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.ReportStatement;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.report.Report;
import bulwark.doctor.target.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Signs what a whole visit saw. The statement is kept by the log of the deployment where its owner's socket is on this machine, else by a log of
 * the doctor's own.
 *
 * @param into folder of the bundles
 */
record PostureWriter(Path into, TargetMemory memory, Clock clock) {
    private static final String FOLDER = "posture";
    private static final String SOCKET = "owner_socket";

    /**
     * @param report of a visit that was not ended early: what a part of one saw is never signed
     * @throws IOException when it could not be signed and written
     */
    void write(Target target, Report report, PrintStream out) throws IOException {
        Optional<Path> socket = target.parts().values().stream()
                .flatMap(part -> part.find(SOCKET).stream())
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
        try (PostureArchive archive = PostureArchive.open(memory.folder().resolve(FOLDER), clock)) {
            Path bundle = archive.write(
                    into,
                    report.json(),
                    subjects(),
                    ReportStatement.visit(report),
                    ReportStatement.verdicts(report),
                    socket.map(OwnerSocketLog::new).orElse(null));
            out.println("signed: " + bundle + "; to be verified with the policy " + archive.policyFile());
        }
    }

    /** What is pinned by its digest: served certificates, keys, the program. */
    private Map<String, String> subjects() {
        Map<String, String> digests = new TreeMap<>();
        memory.pins().forEach((key, value) -> {
            if (value.matches("[0-9a-f]{64}")) {
                digests.put("pin " + key, value);
            }
        });
        return digests;
    }
}
