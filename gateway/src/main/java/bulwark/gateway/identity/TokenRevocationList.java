package bulwark.gateway.identity;

import bulwark.gateway.identity.TokenRevocation.Claim;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The revocations that are in force. What verified tokens are kept listens, so that an order holds from the moment it is given. Thread-safe. */
public final class TokenRevocationList {
    private record Key(Claim claim, String value) {}

    private final Clock clock;
    private final Map<Key, TokenRevocation> inForce = new ConcurrentHashMap<>();
    private final List<Consumer<TokenRevocation>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong orders = new AtomicLong();

    public TokenRevocationList(Clock clock) {
        this.clock = clock;
    }

    void onRevocation(Consumer<TokenRevocation> listener) {
        listeners.add(listener);
    }

    /** Of two orders for one value the one that ends later holds. */
    public void add(TokenRevocation revocation) {
        Key key = new Key(revocation.claim(), revocation.value());
        inForce.merge(key, revocation, (one, other) -> one.until().isAfter(other.until()) ? one : other);
        orders.incrementAndGet();
        listeners.forEach(listener -> listener.accept(revocation));
    }

    /** Takes the order back. False when there was none. */
    public boolean remove(Claim claim, String value) {
        return inForce.remove(new Key(claim, value)) != null;
    }

    /** Those in force, the one that ends first first; forgets those that are over. */
    public List<TokenRevocation> list() {
        Instant now = clock.instant();
        inForce.values().removeIf(revocation -> !now.isBefore(revocation.until()));
        List<TokenRevocation> list = new ArrayList<>(inForce.values());
        list.sort(Comparator.comparing(TokenRevocation::until));
        return list;
    }

    /** Grows with each order: a verification that began under a smaller number must ask again. */
    long orders() {
        return orders.get();
    }

    boolean isRevoked(VerifiedToken token) {
        var authentication = token.principal().authentication();
        return isRevoked(Claim.JTI, token.tokenId())
                || isRevoked(Claim.SUB, token.principal().entityUri())
                || isRevoked(Claim.CLIENT_ID, authentication.clientId());
    }

    private boolean isRevoked(Claim claim, @org.jspecify.annotations.Nullable String value) {
        TokenRevocation order = value == null || inForce.isEmpty() ? null : inForce.get(new Key(claim, value));
        return order != null && clock.instant().isBefore(order.until());
    }
}
