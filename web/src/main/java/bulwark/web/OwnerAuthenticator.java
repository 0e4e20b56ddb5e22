package bulwark.web;

import bulwark.kernel.access.Principal;
import java.util.Optional;

/** The local socket: the operating system says which user calls, and the user of this process is its owner. Thread-safe. */
final class OwnerAuthenticator implements Authenticator {
    static final String KIND = "owner";

    private final Principal owner;

    OwnerAuthenticator(Principal owner) {
        this.owner = owner;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return Optional.of(authenticate(request));
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        return request.fromOwner() ? new Outcome.Identified(owner) : Outcome.NotPresented.NOT_PRESENTED;
    }
}
