package bulwark.kernel.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides where this server connects on somebody's word (SSRF guard). A name is looked up once, all of its addresses must pass, and the caller connects to those addresses and
 * looks nothing up: a name that changes its address between the check and the connection leads nowhere. Ask again for each new connection. Thread-safe.
 */
public final class AddressGuard {
    private final NameResolver resolver;
    private final AddressPolicy policy;
    private final Consumer<GuardDecision.Blocked> listener;

    public AddressGuard(NameResolver resolver, AddressPolicy policy) {
        this(resolver, policy, blocked -> {});
    }

    private AddressGuard(NameResolver resolver, AddressPolicy policy, Consumer<GuardDecision.Blocked> listener) {
        this.resolver = resolver;
        this.policy = policy;
        this.listener = listener;
    }

    /** The same guard, which tells of each connection that it stops, on the thread that asked. @param listener returns soon and throws nothing */
    public AddressGuard reportingTo(Consumer<GuardDecision.Blocked> listener) {
        return new AddressGuard(resolver, policy, listener);
    }

    /**
     * What can be said without a look-up, for a URL that is called later: empty does not allow a connection, which {@link #decide} must. Never blocks.
     */
    public Optional<GuardDecision.Blocked> blockedAsWritten(TargetUrl url) {
        Optional<GuardDecision.Blocked> port = policy.ofPort(url.port());
        if (port.isPresent()) {
            return port;
        }
        return switch (url.host()) {
            case TargetHost.Name name -> policy.ofName(name);
            case TargetHost.Address literal -> policy.ofAddresses(literal, List.of(literal.address()));
        };
    }

    /** Blocks while a name is looked up. A name without an address is blocked. */
    public GuardDecision decide(TargetUrl url) {
        GuardDecision decision = decision(url);
        if (decision instanceof GuardDecision.Blocked blocked) {
            listener.accept(blocked);
        }
        return decision;
    }

    private GuardDecision decision(TargetUrl url) {
        Optional<GuardDecision.Blocked> written = blockedAsWritten(url);
        if (written.isPresent()) {
            return written.get();
        }
        List<InetAddress> addresses = switch (url.host()) {
            case TargetHost.Address literal -> List.of(literal.address());
            case TargetHost.Name name -> resolver.resolve(name.text());
        };
        if (addresses.isEmpty()) {
            return new GuardDecision.Blocked(
                    GuardDecision.UNRESOLVABLE,
                    "The host " + url.host().text() + " has no address now; check its name and the name servers.");
        }
        return policy.ofAddresses(url.host(), addresses)
                .<GuardDecision>map(blocked -> blocked)
                .orElseGet(() -> new GuardDecision.Allowed(addresses.stream()
                        .map(address -> new InetSocketAddress(address, url.port()))
                        .toList()));
    }
}
