package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A journal that was rolled back agrees with itself, and hands out a nonce again; the doctor remembers how long it was. */
final class SigningJournalProbe implements Probe {
    private static final String PIN = "seats.signer.journal";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-06",
                        Severity.CRITICAL,
                        "The signer's journal is no shorter than at the last visit, and counts no fewer signatures.",
                        "runbook, section 6; seat manager, \"restored database refused\"",
                        "Keep sends paused, and find out what was restored; then run seat-manager send reconcile")
                .requires("V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        JsonNode health = SignerExchange.health(SeatTarget.of(visit).signerSocket());
        String journal = health.path("journal").asString("");
        String now = health.path("signed").asString("0") + " " + (journal.isEmpty() ? "0 -" : journal);
        Optional<String> before = visit.memory().pinned(PIN, now);
        if (before.isEmpty()) {
            return Observed.pass("a length to remember", words(now) + ", remembered at this visit");
        }
        String[] old = before.get().split(" ", 3);
        String[] found = now.split(" ", 3);
        boolean longer = Long.parseLong(found[1]) > Long.parseLong(old[1]);
        boolean same = found[1].equals(old[1]) && found[2].equals(old[2]);
        boolean holds = (longer || same) && Long.parseLong(found[0]) >= Long.parseLong(old[0]);
        if (holds) {
            visit.memory().pinAgain(PIN, now);
        }
        return Observed.of(holds, "no less than " + words(before.get()), words(now));
    }

    private static String words(String pin) {
        String[] members = pin.split(" ", 3);
        return members[0] + " signatures, " + members[1] + " rows, newest " + members[2];
    }
}
