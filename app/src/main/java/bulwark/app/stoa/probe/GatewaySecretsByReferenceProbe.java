package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.config.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** In the files from which the gateway reads its settings at every start and every second after it. */
final class GatewaySecretsByReferenceProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-SECRETS-02",
                        Severity.HIGH,
                        "No secret stands in the gateway's settings: they name files.",
                        "page, \"Secrets Management\": \"Never hardcode secrets\"; box 8",
                        "Put the value into a file of mode 600, set NAME_FILE to it, and take the value out")
                .requires("V13.3.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path folder = GatewayTarget.of(visit).file("settings_folder");
        Configuration settings = Configuration.readLenient(GatewaySettings.schema(), Map.of(), folder);
        Set<String> secrets = GatewaySettings.schema().settings().stream()
                .filter(Setting::secret)
                .map(Setting::name)
                .collect(Collectors.toSet());
        List<String> literal = new ArrayList<>();
        int named = 0;
        for (EffectiveSetting setting : settings.effective()) {
            if (secrets.contains(setting.name())
                    && settings.secret(setting.name()).isPresent()) {
                named++;
                if (!setting.source().contains("_FILE")) {
                    literal.add(setting.name() + " stands in " + setting.source());
                }
            }
        }
        return Observed.of(
                literal.isEmpty(),
                "names of files",
                literal.isEmpty() ? named + " secrets, each in a file of its own" : String.join("; ", literal));
    }
}
