package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.config.DotEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Where a process that serves HTTP is given a key, whoever takes over that process has it. */
final class KeySettingsProbe implements Probe {
    private static final Pattern KEY =
            Pattern.compile("-{0,2}(SEAT_MANAGER_(OWNER_PRIVATE_KEY|DEPOSITOR_PRIVATE_KEY|MNEMONIC|KEYSTORE_PASSWORD"
                    + "|PKCS11_[A-Z_]+|KMS_KEY_ID)(_FILE)?|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))(=.+)?");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-KEY-01",
                        Severity.CRITICAL,
                        "The API was given no key of the treasury, and no way to one.",
                        "runbook, section 1: \"Signing Key Isolation\"",
                        "Give the setting to seat-manager signer instead, and restart the API without it")
                .requires("V13.3.1", "V13.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        HostProcess api = seats.process(SeatTarget.API);
        List<String> found = new ArrayList<>();
        api.environment().stream()
                .filter(KeySettingsProbe::isKey)
                .forEach(word -> found.add(name(word) + " in its environment"));
        api.commandLine().stream()
                .filter(KeySettingsProbe::isKey)
                .forEach(word -> found.add(name(word) + " among its arguments"));
        Path file = seats.folder().resolve(".env");
        if (Files.exists(file)) {
            DotEnv.parse(Files.readString(file)).values().forEach((name, value) -> {
                if (!value.isEmpty() && isKey(name)) {
                    found.add(name + " in its .env");
                }
            });
        }
        return Observed.of(
                found.isEmpty(),
                "no setting of a key in environment, arguments and .env of the API",
                found.isEmpty() ? api.words() + " has none" : api.words() + " has " + String.join(", ", found));
    }

    private static boolean isKey(String word) {
        return KEY.matcher(word).matches();
    }

    private static String name(String word) {
        return word.split("=", 2)[0];
    }
}
