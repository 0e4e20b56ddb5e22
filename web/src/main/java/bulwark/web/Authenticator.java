package bulwark.web;

import bulwark.kernel.access.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One way to tell who calls: an API key, a session cookie, a signed token, a client certificate, the owner's socket. A service has a list of them; of those that the route
 * takes, the first that finds its own credential in the request decides. One that shares a header with another stands before it and answers
 * {@link Outcome.NotPresented} for what does not have its form. Thread-safe.
 */
public interface Authenticator {
    /** Stable word in lower case, such as {@code key} or {@code session}: routes name it, and evidence says {@code expired_session}. */
    String kind();

    /** Called on a virtual thread, so it may wait for the store. What it throws is rendered like a handler's fault. */
    Outcome authenticate(AuthenticationRequest request);

    /** The same outcome where it can be had at once; empty asks for {@link #authenticate}. Called on the event loop: never blocking. */
    default Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return Optional.empty();
    }

    /**
     * Whether the credential of this caller was withdrawn since it was checked. Asked when the body has arrived, before the handler runs, on the
     * event loop: never blocking.
     */
    default boolean isRevoked(Principal caller) {
        return false;
    }

    /**
     * Whether browsers send the credential by themselves, whatever page makes the request. The edge then refuses requests of other origins that may change
     * something ({@link EdgeRefusal.ForeignOrigin}).
     */
    default boolean isAmbient() {
        return false;
    }

    /** What {@code WWW-Authenticate} says to a caller without any credential; empty for nothing. */
    default Optional<String> challenge() {
        return Optional.empty();
    }

    /** What an authenticator found. */
    sealed interface Outcome {
        record Identified(Principal principal) implements Outcome {}

        /** The request bears no credential of this kind. */
        enum NotPresented implements Outcome {
            NOT_PRESENTED
        }

        /**
         * There is a credential, and it does not hold: no other authenticator is asked.
         *
         * @param reason stable word for metrics and evidence: {@code unknown}, {@code expired}, {@code revoked}, {@code malformed}, …
         * @param sentence for the caller; tells no more than an attacker may know
         * @param challenge value of {@code WWW-Authenticate}, or null for none
         * @param credentialId what evidence names the credential by, never a secret; null when it is not known
         */
        record Refused(
                String reason,
                String sentence,
                @Nullable String challenge,
                @Nullable String credentialId) implements Outcome {
            public Refused(String reason, String sentence, @Nullable String challenge) {
                this(reason, sentence, challenge, null);
            }
        }

        /** The credential holds, but is bound to a certificate or device that did not come with it: somebody else may have it. */
        record BoundElsewhere(Principal holder) implements Outcome {}
    }
}
