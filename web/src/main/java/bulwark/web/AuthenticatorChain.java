package bulwark.web;

import bulwark.web.Authenticator.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The authenticators of a service in their order: of those that a route takes, the first that finds its credential decides. Immutable. */
record AuthenticatorChain(List<Authenticator> authenticators) {
    /** @throws IllegalArgumentException when two are of one kind */
    AuthenticatorChain {
        authenticators = List.copyOf(authenticators);
        if (kinds(authenticators).size() < authenticators.size()) {
            throw new IllegalArgumentException("two authenticators have one kind: " + kinds(authenticators));
        }
    }

    /** How far the search came. */
    sealed interface Search {
        /** @param by the authenticator whose credential it is; the outcome is never {@link Outcome.NotPresented} */
        record Decided(Authenticator by, Outcome outcome) implements Search {}

        /** @param rest to be run on a virtual thread; gives no other {@code Blocked} */
        record Blocked(Supplier<Search> rest) implements Search {}

        /** @param asked those that found nothing of theirs */
        record Anonymous(List<Authenticator> asked) implements Search {
            EdgeRefusal.NoCredentials refusal() {
                return new EdgeRefusal.NoCredentials(
                        asked.stream().map(Authenticator::kind).toList(),
                        asked.stream()
                                .flatMap(each -> each.challenge().stream())
                                .toList());
            }
        }
    }

    /** Whether every kind that the route names is one of ours, so that somebody can call it. */
    boolean serves(Route route) {
        return kinds(authenticators).containsAll(route.access().kinds());
    }

    /** Never blocks. */
    Search begin(Route route, AuthenticationRequest request) {
        for (int i = 0; i < authenticators.size(); i++) {
            Authenticator each = authenticators.get(i);
            if (route.takes(each)) {
                Optional<Outcome> outcome = each.tryAuthenticate(request);
                if (outcome.isEmpty()) {
                    int from = i;
                    return new Search.Blocked(() -> proceed(from, route, request));
                }
                if (outcome.get() != Outcome.NotPresented.NOT_PRESENTED) {
                    return new Search.Decided(each, outcome.get());
                }
            }
        }
        return nobody(route);
    }

    private Search proceed(int from, Route route, AuthenticationRequest request) {
        for (Authenticator each : authenticators.subList(from, authenticators.size())) {
            if (route.takes(each)) {
                Outcome outcome = each.authenticate(request);
                if (outcome != Outcome.NotPresented.NOT_PRESENTED) {
                    return new Search.Decided(each, outcome);
                }
            }
        }
        return nobody(route);
    }

    private Search nobody(Route route) {
        return new Search.Anonymous(authenticators.stream().filter(route::takes).toList());
    }

    private static Set<String> kinds(List<Authenticator> authenticators) {
        return authenticators.stream().map(Authenticator::kind).collect(Collectors.toUnmodifiableSet());
    }
}
