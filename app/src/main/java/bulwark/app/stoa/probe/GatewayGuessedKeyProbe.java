package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A key that nobody made, one that cannot be one, and a key beside a good token. */
final class GatewayGuessedKeyProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-KEYS-01",
                        Severity.CRITICAL,
                        "An API key that nobody made opens nothing, and two credentials are none.",
                        "page, \"Secret Rotation Checklist\": \"API keys\"; spec of the gateway, case T3",
                        "Let no proxy answer for keys; run bin/stoa evidence fsck, which names a row of a key that was edited in")
                .requires("V8.2.1", "V6.3.1")
                .sends(3, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        int unknown = gateway.front()
                .ask("GET", gateway.path(), "X-API-Key: " + "0".repeat(32))
                .status();
        int malformed = gateway.front()
                .ask("GET", gateway.path(), "X-API-Key: bulwark doctor")
                .status();
        int both = gateway.front()
                .ask("GET", gateway.path(), gateway.viewer(), "X-API-Key: " + "0".repeat(32))
                .status();
        return Observed.of(
                unknown == 401 && malformed == 401 && both == 401,
                "401 for each",
                unknown + " for a key that nobody made, " + malformed + " for no key at all, " + both
                        + " for a key beside a token");
    }
}
