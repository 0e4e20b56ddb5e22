package bulwark.app.stigmem.probe;

import bulwark.doctor.bundle.DoctorSigner;
import bulwark.doctor.bundle.OwnerSocketLog;
import bulwark.doctor.memory.LogCheckpoint;
import bulwark.doctor.memory.LogWitness;
import bulwark.doctor.memory.TreeWitness;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Every byte of the last visit is still there. Neither the node nor its store is asked: both may have been rolled back together with the file. */
final class LogContinuesProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        Path log = FactTarget.of(visit).part().path("log");
        LogCheckpoint before = visit.memory().log(NAME).orElse(null);
        String expected = before == null ? "a log to remember" : "begins with " + before.words();
        return switch (LogWitness.compare(log, before, visit.clock().instant())) {
            case LogWitness.Finding.Consistent consistent -> {
                visit.memory().remember(NAME, consistent.now());
                yield tree(
                        visit,
                        expected,
                        consistent.now().words() + (before == null ? ", remembered at this visit" : ""));
            }
            case LogWitness.Finding.Broken broken -> {
                Path proof = visit.memory()
                        .keepProof(NAME, broken, visit.clock().instant().toString());
                yield Observed.fail(
                        expected,
                        broken.sentence()
                                + broken.now()
                                        .map(now -> "; now " + now.words())
                                        .orElse("") + ". Both are kept in " + proof);
            }
            case LogWitness.Finding.Absent _ -> Observed.fail("a log to remember", "there is no file " + log);
        };
    }

    /** The bytes are those of the last visit; now the log's own word for them, which others can verify: its signed tree, which this doctor cosigns where it continues the last one. */
    private static Observed tree(Visit visit, String expected, String bytes) throws IOException {
        FactTarget node = FactTarget.of(visit);
        Optional<Path> socket = node.part().find("owner_socket").map(Path::of).filter(Files::exists);
        if (socket.isEmpty()) {
            return Observed.pass(expected, bytes + "; its tree was not asked for: the target names no owner's socket");
        }
        String earlier = visit.memory().checkpoint(NAME).orElse(null);
        OwnerSocketLog.Newest newest = new OwnerSocketLog(socket.get()).newest(TreeWitness.size(earlier));
        Optional<String> contradiction = TreeWitness.contradiction(earlier, newest.tree(), newest.consistency());
        if (earlier != null && contradiction.isPresent()) {
            Path proof = visit.memory()
                    .keepProof(
                            NAME,
                            contradiction.get(),
                            earlier,
                            newest.note().note(),
                            visit.clock().instant().toString());
            return Observed.fail(expected, contradiction.get() + ". Both signed checkpoints are kept in " + proof);
        }
        DoctorSigner doctor = DoctorSigner.open(visit.memory().folder().resolve("posture"), visit.clock());
        visit.memory()
                .rememberCheckpoint(
                        NAME,
                        doctor.cosigner()
                                .cosign(newest.note(), visit.clock().instant())
                                .note());
        return Observed.pass(
                expected,
                bytes + "; a signed tree of " + newest.tree().size() + " records, which "
                        + (earlier == null ? "is the first that" : "continues the last one that")
                        + " this doctor cosigns");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-LOG-02",
                        Severity.CRITICAL,
                        "The transparency log continues the one of the last visit.",
                        "tutorial, step 8; a log that nobody watches proves nothing",
                        "Stop the node and keep both states: the doctor's memory has a file proof-facts-… with the checkpoint that is gone")
                .requires("V16.4.2")
                .sends(0, "a signed checkpoint of the log")
                .within(Duration.ofSeconds(20));
    }

    private static final String NAME = "facts";
}
