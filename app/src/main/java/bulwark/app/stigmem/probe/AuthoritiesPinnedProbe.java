package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One certificate more in the bundle, and somebody else makes callers. Compared are the bundle's fingerprints, and the names that the listener asks for in the handshake: the process may hold more than the file. */
final class AuthoritiesPinnedProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        HandshakeAttempt attempt = HandshakeAttempt.withoutCertificate(visit.client(), node.tls());
        X509Certificate ignored = attempt.servedLeaf(); // whoever makes no handshake asks for nobody
        TreeSet<String> asked = new TreeSet<>(attempt.authorities());
        String bundle = ShownIdentity.certificates(node.part().path("authority")).stream()
                .map(ShownIdentity::fingerprint)
                .sorted()
                .collect(Collectors.joining(", "));
        String now =
                "bundle " + bundle + "; asked for by name: " + (asked.isEmpty() ? "none" : String.join(" and ", asked));
        Optional<String> before = visit.memory().pinned(PIN, now);
        return Observed.of(
                before.isEmpty() || before.get().equals(now),
                before.orElse("an authority to pin"),
                now + (before.isEmpty() ? ", pinned at this visit" : ""));
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-08",
                        Severity.CRITICAL,
                        "The authorities that vouch for callers are those of the first visit.",
                        "tutorial, step 1: \"store ca.key securely (do this once)\"",
                        "Take the authority that nobody knows out of the bundle. After a change of your own: bulwark doctor pins forget facts.authorities")
                .requires("V12.1.3", "V12.3.4")
                .sends(1, "nothing");
    }

    private static final String PIN = "facts.authorities";
}
