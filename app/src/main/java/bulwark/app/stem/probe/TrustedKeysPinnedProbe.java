package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/** One entry more in the file, and somebody else's tasks run from the next reload on. */
final class TrustedKeysPinnedProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        String now = TaskTarget.of(visit).trustedKeys().stream()
                .map(entry -> entry.substring(0, Math.max(0, entry.indexOf(':'))) + " "
                        + Digests.sha256Hex(entry).substring(0, 16))
                .sorted()
                .collect(Collectors.joining(", "));
        Optional<String> before = visit.memory().pinned(PIN, now);
        return Observed.of(
                before.isEmpty() || before.get().equals(now),
                before.orElse("keys to pin"),
                now + (before.isEmpty() ? ", pinned at this visit" : ""));
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-KEYS-04",
                        Severity.CRITICAL,
                        "The keys whose tasks run are those of the first visit.",
                        "task document, step 1 and notes: keys still trusted beyond their date",
                        "Take the key that nobody knows out of the file. After a change of your own: bulwark doctor pins forget tasks.trusted_keys")
                .requires("V11.1.1", "V13.2.1");
    }

    private static final String PIN = "tasks.trusted_keys";
}
