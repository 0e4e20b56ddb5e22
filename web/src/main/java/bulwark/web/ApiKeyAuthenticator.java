package bulwark.web;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.access.Principal;
import bulwark.web.Authenticator.Outcome;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code Authorization: Bearer} with an API key, where it is bound together with its client certificate. Thread-safe. */
public final class ApiKeyAuthenticator implements Authenticator {
    public static final String KIND = "key";

    private static final String CHALLENGE = "Bearer";
    private static final String SENTENCE = "Invalid or expired API key";
    private static final Outcome MALFORMED = new Outcome.Refused("malformed", SENTENCE, CHALLENGE);

    private final ApiKeys keys;

    public ApiKeyAuthenticator(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        Optional<String> key = request.bearer();
        if (key.isEmpty()) {
            return Optional.of(Outcome.NotPresented.NOT_PRESENTED);
        }
        return key.get().isEmpty()
                ? Optional.of(MALFORMED)
                : keys.cached(key.get()).map(verdict -> outcome(verdict, request));
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        return tryAuthenticate(request)
                .orElseGet(() -> outcome(keys.authenticate(request.bearer().orElseThrow()), request));
    }

    @Override
    public boolean isRevoked(Principal caller) {
        return keys.isRevoked(caller);
    }

    @Override
    public Optional<String> challenge() {
        return Optional.of(CHALLENGE);
    }

    private static Outcome outcome(Verdict verdict, AuthenticationRequest request) {
        return switch (verdict) {
            case Verdict.Known known ->
                cameWith(known.boundTo(), request)
                        ? new Outcome.Identified(known.principal())
                        : new Outcome.BoundElsewhere(known.principal());
            case Verdict.Unknown why ->
                new Outcome.Refused(why.reason().name().toLowerCase(Locale.ROOT), SENTENCE, CHALLENGE, why.keyId());
        };
    }

    private static boolean cameWith(@Nullable String boundTo, AuthenticationRequest request) {
        return boundTo == null || (request.peer() != null && request.peer().matches(boundTo));
    }
}
