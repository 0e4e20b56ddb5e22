package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.seats.secret.SecretsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Each value bears the day on which it was made; where it does not, the file's own time counts. */
final class SeatSecretAgesProbe implements Probe {
    private static final int MAX_DAYS = 90;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SECRETS-02",
                        Severity.MEDIUM,
                        "The two HMAC secrets are younger than 90 days.",
                        "runbook, section 2: \"These should be rotated periodically\"",
                        "seat-manager secrets rotate session, and step-up, then seat-manager restart: everybody signs in again")
                .requires("V13.3.4");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SecretsFile file = new SecretsFile(SeatTarget.of(visit).folder(), visit.clock());
        if (!Files.exists(file.path())) {
            return Observed.error("dates of both secrets", "there is no file " + file.path());
        }
        List<String> ages = new ArrayList<>();
        boolean young = true;
        for (String name : List.of("SESSION_HMAC_SECRET", "STEP_UP_HMAC_SECRET")) {
            long days =
                    Duration.between(file.made(name), visit.clock().instant()).toDays();
            young &= days <= MAX_DAYS;
            ages.add(name + " is " + days + " days old");
        }
        return Observed.of(young, "at most " + MAX_DAYS + " days", String.join("; ", ages));
    }
}
