package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Of the file that the gateway reads. Its words are counted and never shown. */
final class GatewayAdminTokenProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-ADMIN-04",
                        Severity.CRITICAL,
                        "The admin token cannot be guessed, and is its owner's alone.",
                        "page, \"Secret Rotation Checklist\": \"Gateway admin token\"; box 9",
                        "openssl rand -hex 32 into the file of STOA_ADMIN_API_TOKEN_FILE, mode 600; the gateway takes it up within a second")
                .requires("V13.2.3", "V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        Path file = gateway.file("admin_token_file");
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        String token = gateway.token("admin_token_file");
        long different = token.chars().distinct().count();
        return Observed.of(
                mode.endsWith("------") && token.length() >= MIN_LENGTH && different >= MIN_DIFFERENT,
                MIN_LENGTH + " characters or more, " + MIN_DIFFERENT + " of them different, in a file for its owner",
                token.length() + " characters, " + different + " different, mode " + mode);
    }

    private static final int MIN_LENGTH = 32;
    private static final int MIN_DIFFERENT = 10;
}
