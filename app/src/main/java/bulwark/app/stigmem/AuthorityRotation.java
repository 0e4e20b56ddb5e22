package bulwark.app.stigmem;

import bulwark.app.rotate.CertificateRotation.Listener;
import bulwark.app.rotate.LocalObserver;
import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ShownIdentity;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.signing.AuthorityBundle;
import bulwark.kernel.signing.CertificateAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The local authority of mutual TLS: first a bundle of the former one and the new one, then certificates of the new one for all, then the former one is withdrawn. That the node trusts an authority is seen
 * by showing it a certificate of that authority. That a client has read its files again is seen by the certificate that it shows: it is issued anew after each change of the bundle, which lies beside it.
 */
final class AuthorityRotation implements RotationKind {
    static final String NAME = "authority";

    private static final Duration MAX_AGE = Duration.ofDays(365);
    /** Of clients with copies of the bundle, which nobody sees from here. */
    private static final Duration WINDOW = Duration.ofDays(7);

    private static final Duration PROBE_VALIDITY = Duration.ofDays(30);
    private static final String OLD = "old_authority";
    private static final String PROBE = "probe";
    private static final String FORMER_PROBE = "probe-former";

    private final Certificates certificates;
    private final Listener node;
    private final ClientCheck clients;
    private final Clock clock;

    /** The folder of authority and certificates. */
    record Certificates(Path tls, String nodeUrl) {
        Path bundle() {
            return tls.resolve("ca.crt");
        }

        Path front() {
            return tls.resolve(FactsProvisioning.FRONT + ".crt");
        }

        /** Of the authority that will take over. */
        Path successor(RotationRecord rotation) {
            return tls.resolve("authority-" + rotation.id());
        }
    }

    /** Which processes were given a certificate and do not show what lies in its file. */
    @FunctionalInterface
    interface ClientCheck {
        List<String> notShowing(Path certificate) throws IOException, InterruptedException;
    }

    AuthorityRotation(Certificates certificates, Listener node, ClientCheck clients, Clock clock) {
        this.certificates = certificates;
        this.node = node;
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the authority of mutual TLS between the fact node and its callers";
    }

    @Override
    public String group() {
        return "certificates in " + certificates.tls();
    }

    @Override
    public Optional<Expiry> expiry() throws IOException {
        if (!Files.exists(certificates.bundle())) {
            return Optional.empty();
        }
        Instant created = issuing().x509().getNotBefore().toInstant();
        return Optional.of(new Expiry(created, created.plus(MAX_AGE), "Rotate it: ./bulwark rotate " + NAME + "."));
    }

    /** The look opens a secret, or asks the owner's socket. */
    @Override
    public boolean isAgePublic() {
        return false;
    }

    @Override
    public Duration window() {
        return WINDOW;
    }

    @Override
    public Map<String, String> plan(String id) {
        return Map.of(OLD, ShownIdentity.fingerprint(issuing().x509()));
    }

    private CertificateAuthority issuing() {
        return CertificateAuthority.openOrCreate(certificates.tls(), FactsProvisioning.AUTHORITY, clock);
    }

    private CertificateAuthority successor(RotationRecord rotation) {
        return CertificateAuthority.openOrCreate(
                certificates.successor(rotation), FactsProvisioning.AUTHORITY + " " + rotation.id(), clock);
    }

    @Override
    public void announce(RotationRecord rotation) throws IOException {
        CertificateAuthority fresh = successor(rotation);
        fresh.issue(PROBE, FactsProvisioning.client(FactsProvisioning.DOCTOR), PROBE_VALIDITY);
        CertificateAuthority former = issuing();
        former.issue(FORMER_PROBE, FactsProvisioning.client(FactsProvisioning.DOCTOR), PROBE_VALIDITY);
        new AuthorityBundle(certificates.bundle()).add(fresh.x509());
        FactsProvisioning.issueFront(former);
    }

    @Override
    public List<String> unconfirmed(RotationRecord rotation) throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>(clients.notShowing(certificates.front()));
        Attempt attempt = attempt(certificates.successor(rotation), PROBE);
        if (!attempt.answered()) {
            missing.add(
                    node.what() + ": it does not accept a certificate of the new authority (" + attempt.why() + ")");
        }
        return missing;
    }

    @Override
    public void promote(RotationRecord rotation) {
        issuing().giveWayTo(certificates.successor(rotation));
        FactsProvisioning.issueCertificates(certificates.tls(), certificates.nodeUrl(), clock);
    }

    @Override
    public List<String> notUsing(RotationRecord rotation) throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>(clients.notShowing(certificates.front()));
        Attempt attempt = attempt(certificates.successor(rotation), PROBE);
        X509Certificate fresh = issuing().x509();
        if (!attempt.answered()) {
            missing.add(node.what() + ": it does not answer a client of the new authority (" + attempt.why() + ")");
        } else if (attempt.seen()
                .map(HandshakeAttempt::chain)
                .flatMap(chain -> chain.stream().findFirst())
                .filter(leaf -> leaf.getIssuerX500Principal().equals(fresh.getSubjectX500Principal()))
                .isEmpty()) {
            missing.add(node.what() + ": it serves a certificate of the former authority still");
        }
        return missing;
    }

    /** The client's certificate is issued anew once the bundle is changed: a client that shows it has read both. */
    @Override
    public void retire(RotationRecord rotation) throws IOException {
        AuthorityBundle bundle = new AuthorityBundle(certificates.bundle());
        for (X509Certificate each : bundle.certificates()) {
            if (ShownIdentity.fingerprint(each).equals(rotation.name(OLD))) {
                bundle.remove(each);
            }
        }
        FactsProvisioning.issueFront(issuing());
    }

    @Override
    public List<String> stillAccepting(RotationRecord rotation) throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>(clients.notShowing(certificates.front()));
        Attempt former = attempt(certificates.tls(), FORMER_PROBE);
        if (former.answered()) {
            missing.add(node.what() + ": it accepts a certificate of the former authority still");
        } else if (former.seen().isEmpty()) {
            missing.add(node.what() + ": it cannot be reached (" + former.why() + ")");
        }
        return missing;
    }

    /** The key of the former authority was overwritten when that of the new one took its place. */
    @Override
    public void destroy(RotationRecord rotation) throws IOException {
        removeFolder(certificates.successor(rotation));
        removeProbe();
    }

    @Override
    public void withdraw(RotationRecord rotation) throws IOException {
        Path folder = certificates.successor(rotation);
        Path certificate = folder.resolve("ca.crt");
        if (Files.exists(certificate)) {
            AuthorityBundle bundle = new AuthorityBundle(certificates.bundle());
            bundle.remove(new AuthorityBundle(certificate).certificates().getFirst());
        }
        removeFolder(folder);
        removeProbe();
    }

    private void removeProbe() throws IOException {
        OwnerOnlyFiles.delete(certificates.tls().resolve(FORMER_PROBE + ".key"));
        OwnerOnlyFiles.delete(certificates.tls().resolve(FORMER_PROBE + ".crt"));
    }

    /** Its certificate last: by it an interrupted withdrawal knows what to take out of the bundle. */
    private static void removeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> !file.endsWith("ca.crt")).toList()) {
                OwnerOnlyFiles.delete(file);
            }
        }
        OwnerOnlyFiles.delete(folder.resolve("ca.crt"));
        OwnerOnlyFiles.delete(folder);
    }

    /**
     * What came of showing the node a certificate.
     *
     * @param seen empty when it could not be reached
     */
    private record Attempt(Optional<HandshakeAttempt> seen, String why) {
        boolean answered() {
            return seen.filter(HandshakeAttempt::answered).isPresent();
        }
    }

    private Attempt attempt(Path folder, String file) throws IOException {
        ShownIdentity identity = ShownIdentity.read(folder.resolve(file + ".crt"), folder.resolve(file + ".key"));
        Optional<URI> address = node.address().find();
        if (address.isEmpty()) {
            return new Attempt(Optional.empty(), "it is not running");
        }
        try {
            HandshakeAttempt attempt = LocalObserver.handshake(address.get(), Optional.of(identity));
            return new Attempt(Optional.of(attempt), attempt.refusal());
        } catch (IOException unreachable) {
            return new Attempt(Optional.empty(), String.valueOf(unreachable.getMessage()));
        }
    }
}
