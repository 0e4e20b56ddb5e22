package bulwark.app.rotate;

import bulwark.app.up.NamedExpiry;
import bulwark.doctor.client.ShownIdentity;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificate of a TLS listener, with its key, in the folder of a local authority. The listener reads both again by itself; a handshake shows which one it serves. The key of the former certificate is
 * gone with the rename that puts the new one in its place.
 */
public final class CertificateRotation implements RotationKind {
    private static final Duration VALIDITY = Duration.ofDays(90);
    private static final String OLD = "old_certificate";

    private final String name;
    private final Leaf leaf;
    private final Listener listener;
    private final Clock clock;

    /**
     * @param tls folder of authority and certificate
     * @param file name of certificate and key without their ending
     */
    public record Leaf(Path tls, String file, CertificateSubject subject) {
        Path certificate() {
            return tls.resolve(file + ".crt");
        }

        Path key() {
            return tls.resolve(file + ".key");
        }

        Leaf next() {
            return new Leaf(tls, file + "-next", subject);
        }
    }

    /**
     * The process that serves it.
     *
     * @param what for sentences, for instance {@code the gateway}
     */
    public record Listener(String what, Address address) {
        /** Where it listens; empty while it does not run. */
        @FunctionalInterface
        public interface Address {
            Optional<URI> find() throws IOException;
        }
    }

    /** @param name of the kind */
    public CertificateRotation(String name, Leaf leaf, Listener listener, Clock clock) {
        this.name = name;
        this.leaf = leaf;
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "the TLS certificate and key of " + listener.what();
    }

    /** The authority and its certificates lie in one folder. */
    @Override
    public String group() {
        return "certificates in " + leaf.tls();
    }

    @Override
    public Optional<Expiry> expiry() throws IOException {
        return Files.exists(leaf.certificate())
                ? Optional.of(
                        NamedExpiry.ofCertificate(name, leaf.certificate(), "Rotate it: ./bulwark rotate " + name + ".")
                                .expiry())
                : Optional.empty();
    }

    /** Nobody verifies a former certificate once another is served. */
    @Override
    public Duration window() {
        return Duration.ZERO;
    }

    @Override
    public Map<String, String> plan(String id) throws IOException {
        return Map.of(OLD, fingerprint(leaf.certificate()));
    }

    @Override
    public void announce(RotationRecord rotation) {
        CertificateAuthority.openOrCreate(leaf.tls(), listener.what(), clock)
                .issue(leaf.next().file(), leaf.subject(), VALIDITY);
    }

    /** A client that trusts the bundle will trust the new one; the listener answers with the old one until then. */
    @Override
    public List<String> unconfirmed(RotationRecord rotation) throws IOException {
        List<String> missing = new ArrayList<>();
        X509Certificate fresh = first(leaf.next().certificate());
        if (ShownIdentity.certificates(leaf.tls().resolve("ca.crt")).stream()
                .noneMatch(authority -> isSignedBy(fresh, authority))) {
            missing.add(
                    "the authorities in " + leaf.tls().resolve("ca.crt") + ": none of them signed the new certificate");
        }
        served().ifPresentOrElse(
                        found -> {
                            if (!found.equals(rotation.name(OLD))) {
                                missing.add(listener.what() + ": it serves the certificate " + found
                                        + ", which is not the one in " + leaf.certificate());
                            }
                        },
                        () -> missing.add(listener.what() + ": it does not answer a TLS handshake"));
        return missing;
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException notIts) {
            return false;
        }
    }

    /** Between the two renames the listener keeps what it serves: a key that does not fit is refused. */
    @Override
    public void promote(RotationRecord rotation) throws IOException {
        rename(leaf.next().key(), leaf.key());
        rename(leaf.next().certificate(), leaf.certificate());
    }

    private static void rename(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            OwnerOnlyFiles.syncFolder(to);
        }
    }

    @Override
    public List<String> notUsing(RotationRecord rotation) throws IOException {
        Optional<String> found = served();
        String wanted = fingerprint(leaf.certificate());
        return found.isPresent() && found.get().equals(wanted)
                ? List.of()
                : List.of(listener.what() + ": it "
                        + found.map(other -> "serves the certificate " + other + " still")
                                .orElse("does not answer a TLS handshake"));
    }

    @Override
    public void retire(RotationRecord rotation) {}

    @Override
    public List<String> stillAccepting(RotationRecord rotation) throws IOException {
        Optional<String> found = served();
        return found.isPresent() && !found.get().equals(rotation.name(OLD))
                ? List.of()
                : List.of(listener.what() + ": it " + (found.isPresent() ? "serves" : "may serve")
                        + " the former certificate still");
    }

    /** The former key was overwritten when the new one took its place. */
    @Override
    public void destroy(RotationRecord rotation) throws IOException {
        removeNext();
    }

    @Override
    public void withdraw(RotationRecord rotation) throws IOException {
        removeNext();
    }

    private void removeNext() throws IOException {
        OwnerOnlyFiles.delete(leaf.next().key());
        OwnerOnlyFiles.delete(leaf.next().certificate());
    }

    /** Fingerprint of what the listener serves; empty when it cannot be reached. */
    private Optional<String> served() throws IOException {
        Optional<URI> address = listener.address().find();
        if (address.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ShownIdentity.fingerprint(
                    LocalObserver.handshake(address.get(), Optional.empty()).servedLeaf()));
        } catch (IOException unreachable) {
            return Optional.empty();
        }
    }

    private static X509Certificate first(Path file) throws IOException {
        return ShownIdentity.certificates(file).iterator().next();
    }

    private static String fingerprint(Path file) throws IOException {
        return ShownIdentity.fingerprint(first(file));
    }
}
