package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** As a proxy would pass the certificate of a client on; the doctor is no proxy. */
final class GatewaySpoofedCertificateProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-MTLS-01",
                        Severity.CRITICAL,
                        "Headers of a client certificate count for nothing from whoever is no trusted proxy.",
                        "page, \"Internal TLS: enable mTLS via the gateway\"; spec of the gateway, case C8",
                        "Name in STOA_MTLS__TRUSTED_PROXIES the addresses of the proxies alone, and never a network that callers are in")
                .requires("V4.1.3", "V12.1.3")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer without = gateway.front().ask("GET", gateway.path(), gateway.viewer());
        WireAnswer with = gateway.front()
                .ask(
                        "GET",
                        gateway.path(),
                        gateway.viewer(),
                        "X-SSL-Client-Verify: SUCCESS",
                        "X-SSL-Client-Fingerprint: " + "ab".repeat(32),
                        "X-SSL-Client-S-DN: CN=bulwark-doctor,O=default",
                        "X-SSL-Client-I-DN: CN=anybody",
                        "X-Forwarded-For: 127.0.0.1");
        boolean ignored = with.status() == without.status();
        boolean refused = with.status() == 403 && with.body().contains("MTLS_UNTRUSTED_PROXY");
        return Observed.of(
                ignored || refused,
                "the answer of a call without them (" + without.status() + "), or 403 MTLS_UNTRUSTED_PROXY",
                GatewayTarget.words(with));
    }
}
