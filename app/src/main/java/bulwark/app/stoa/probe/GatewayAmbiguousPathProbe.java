package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Each is one path to some programs and another to others. */
final class GatewayAmbiguousPathProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HTTP-01",
                        Severity.HIGH,
                        "A path that can be read in two ways is refused.",
                        "spec of the gateway, case P10",
                        "Let nothing before the gateway decode or normalize paths, and set allow_encoded_slash on no route that needs none")
                .requires("V4.2.1", "V1.3.6")
                .sends(7, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        for (String path : List.of(
                gateway.path() + "/../admin",
                gateway.path() + "/%2e%2e/admin",
                gateway.path() + "/a%2fb",
                "/" + gateway.path(),
                gateway.path() + "\\a",
                gateway.path() + "/%00",
                gateway.path() + "/%c0%af")) {
            int status = gateway.front().ask("GET", path, gateway.viewer()).status();
            if (status != 400) {
                faults.add(path + " is answered " + status);
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "400 for each of seven",
                faults.isEmpty() ? "400 for each" : String.join("; ", faults));
    }
}
