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

/** Who may connect may ask for a signature; the plan and the approvals still stand between. */
final class SignerSocketProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-03",
                        Severity.CRITICAL,
                        "The signer's socket is its owner's alone.",
                        "runbook, section 1; docs/decisions/030-owner-sockets.md",
                        "Take SEAT_MANAGER_SIGNER_CALLERS away and restart the signer, or chmod 600 its socket")
                .requires("V13.2.2", "V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        Path socket = seats.signerSocket();
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(socket, LinkOption.NOFOLLOW_LINKS));
        String owner = String.valueOf(Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        String user = seats.process(SeatTarget.SIGNER)
                .value("status", "Uid:")
                .orElse("unknown")
                .split("\\s+")[0];
        return Observed.of(
                mode.equals("rw-------") && owner.equals(user),
                "mode rw-------, of the signer's user " + user,
                "mode " + mode + ", of user " + owner);
    }
}
