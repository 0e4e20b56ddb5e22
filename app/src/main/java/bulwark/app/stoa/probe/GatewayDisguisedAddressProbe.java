package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The same addresses as programs read them that are less strict: as numbers, in octal, in hexadecimal, inside of IPv6, under a name of loopback. */
final class GatewayDisguisedAddressProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-SSRF-02",
                        Severity.HIGH,
                        "An address in disguise is refused like the address itself.",
                        "page, \"SSRF Protection\"; box 6; spec of the gateway, cases X11 to X18",
                        "Take the range out of STOA_SSRF__ALLOWED_CIDRS and the name out of STOA_SSRF__ALLOWED_HOSTS")
                .requires("V1.3.6", "V13.2.5")
                .sends(8, "audit rows of refused changes");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        for (String host : DISGUISES) {
            faults.addAll(OfferedBackend.faults(gateway, "https://" + host + ":81"));
        }
        return Observed.of(
                faults.isEmpty(),
                "a refusal of each of " + DISGUISES.size() + " for what it means",
                faults.isEmpty() ? "refused, each" : String.join("; ", faults));
    }

    private static final List<String> DISGUISES = List.of(
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "app.localhost",
            "metadata.google.internal");
}
