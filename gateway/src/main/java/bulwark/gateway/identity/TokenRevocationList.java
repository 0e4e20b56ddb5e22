package bulwark.gateway.identity;

import bulwark.gateway.identity.TokenRevocation.Claim;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
    private volatile Map<Key, TokenRevocation> pushed = Map.of();
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

    /** The orders of a control plane, in place of those that it gave before. */
    public void replacePushed(List<TokenRevocation> revocations) {
        Map<Key, TokenRevocation> before = pushed;
        Map<Key, TokenRevocation> next = new HashMap<>();
        revocations.forEach(order -> next.put(new Key(order.claim(), order.value()), order));
        pushed = Map.copyOf(next);
        next.forEach((key, order) -> {
            if (!order.equals(before.get(key))) {
                orders.incrementAndGet();
                listeners.forEach(listener -> listener.accept(order));
            }
        });
    }

    /** Orders of a control plane beside those that it gave before: of two for one value the one that ends later holds. */
    public void addPushed(List<TokenRevocation> revocations) {
        Map<Key, TokenRevocation> all = new HashMap<>(pushed);
        Instant now = clock.instant();
        all.values().removeIf(order -> !now.isBefore(order.until()));
        revocations.forEach(order -> all.merge(
                new Key(order.claim(), order.value()),
                order,
                (one, other) -> one.until().isAfter(other.until()) ? one : other));
        replacePushed(List.copyOf(all.values()));
    }

    /** Takes the order back. False when there was none. */
    public boolean remove(Claim claim, String value) {
        return inForce.remove(new Key(claim, value)) != null;
    }

    /** Those in force that were given here, the one that ends first first; forgets those that are over. */
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
        if (value == null || (inForce.isEmpty() && pushed.isEmpty())) {
            return false;
        }
        Key key = new Key(claim, value);
        return isInForce(inForce.get(key)) || isInForce(pushed.get(key));
    }

    private boolean isInForce(@org.jspecify.annotations.Nullable TokenRevocation order) {
        return order != null && clock.instant().isBefore(order.until());
    }
}
