package bulwark.app.stoa.probe;

import bulwark.doctor.client.OldProtocolHello;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A hello of TLS 1.2 that offers nothing but what RFC 9325, section 4.2, tells servers to refuse. */
final class GatewayWeakSuitesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-02",
                        Severity.HIGH,
                        "TLS 1.2 is spoken with forward secret, authenticated suites alone.",
                        "page, \"Ingress TLS\"; box 1; NIS2: encryption",
                        "Leave the suites to the gateway; in a proxy that ends TLS, allow ECDHE with AES-GCM or ChaCha20 and nothing else")
                .requires("V12.1.2")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        OldProtocolHello.Answer answer = OldProtocolHello.TLS_1_2.ask(
                visit.client(), GatewayTarget.of(visit).tls(), WITHOUT_FORWARD_SECRECY_OR_AEAD);
        return Observed.of(
                !answer.accepted(),
                "an alert to a hello with RSA key exchange, CBC and 3DES suites alone",
                answer.words());
    }

    /** TLS_RSA_* with CBC and GCM, ECDHE with CBC, 3DES (IANA's numbers). */
    private static final int[] WITHOUT_FORWARD_SECRECY_OR_AEAD = {
        0x002F, 0x0035, 0x003C, 0x009C, 0x009D, 0x000A, 0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC027
    };
}
