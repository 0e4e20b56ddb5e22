package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Whoever reads the two secrets makes sessions and step-ups for anybody. */
final class SeatSecretsFileProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SECRETS-01",
                        Severity.CRITICAL,
                        "The file of the two HMAC secrets is the service user's alone.",
                        "runbook, section 2: \"chmod 600 owned by the service user\"",
                        "chmod 600 the file and chown it to the service's user, then seat-manager secrets rotate session and step-up")
                .requires("V13.3.1", "V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        Path file = seats.folder().resolve(".env");
        String user = seats.process(SeatTarget.API)
                .value("status", "Uid:")
                .orElse("unknown")
                .split("\\s+")[0];
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        String owner = String.valueOf(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        return Observed.of(
                Set.of("rw-------", "r--------").contains(mode) && owner.equals(user),
                "mode rw------- or r--------, of the service's user " + user,
                "mode " + mode + ", of user " + owner);
    }
}
