package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whatever is asked in plain HTTP: a path, a governed route, a change, the admin API, the metrics. */
final class GatewayRedirectProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-08",
                        Severity.HIGH,
                        "Plain HTTP is answered with the way to TLS, and with nothing else but health.",
                        "page, \"Ingress TLS\": \"ssl-redirect: true\"; box 1",
                        "Set STOA_TLS__CERT_FILE; let no proxy or second listener answer plain HTTP itself")
                .requires("V12.2.1", "V4.1.2")
                .sends(6, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        for (String path : List.of("/", gateway.path(), "/admin/apis", "/metrics")) {
            redirected("GET", path, gateway, faults);
        }
        redirected("POST", gateway.path(), gateway, faults);
        int health = gateway.plain().ask("GET", "/health").status();
        if (health != 200) {
            faults.add("/health is answered " + health);
        }
        return Observed.of(
                faults.isEmpty(),
                "308 to https with the same path for five requests, and 200 for /health",
                faults.isEmpty() ? "as expected" : String.join("; ", faults));
    }

    private static void redirected(String method, String path, GatewayTarget gateway, List<String> faults)
            throws IOException {
        WireAnswer answer = gateway.plain().ask(method, path);
        String location = answer.value("Location");
        if (answer.status() != 308 || !location.startsWith("https://") || !location.endsWith(path)) {
            faults.add(method + " " + path + " is answered " + answer.status()
                    + (location.isEmpty() ? "" : " to " + location));
        }
    }
}
