package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.tls.PeerIdentity;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client certificate of a connection over TLS. The listener has checked the certificate and finds its one URI SAN; the part says who bears that name. Where other
 * authenticators exist it stands last, because the certificate comes with every request. Thread-safe.
 */
public final class ClientCertificateAuthenticator implements Authenticator {
    public static final String KIND = "client_certificate";

    private final Function<PeerIdentity, Optional<Principal>> principals;

    /** @param principals may wait for the store; empty for a peer that may not call, which is then refused */
    public ClientCertificateAuthenticator(Function<PeerIdentity, Optional<Principal>> principals) {
        this.principals = principals;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return request.peer() == null ? Optional.of(Outcome.NotPresented.NOT_PRESENTED) : Optional.empty();
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        PeerIdentity peer = request.peer();
        if (peer == null) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        return principals
                .apply(peer)
                .<Outcome>map(Outcome.Identified::new)
                .orElseGet(() -> new Outcome.Refused(
                        "unknown", "The client certificate names nobody who may call", null, peer.fingerprint()));
    }

    @Override
    public boolean isAmbient() {
        return true;
    }
}
