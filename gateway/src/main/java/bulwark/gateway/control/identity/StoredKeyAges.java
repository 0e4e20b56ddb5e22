package bulwark.gateway.control.identity;

import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.EveryTenant;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** When the oldest key was made that works, of each kind of holder: as it stood at the last look. Thread-safe. */
public final class StoredKeyAges {
    private static final Map<ObjectKind, String> HOLDERS = Map.of(
            ObjectKind.SUBSCRIPTION, "consumer_api_keys",
            ObjectKind.SERVICE_ACCOUNT, "service_account_keys",
            ObjectKind.GATEWAY, "gateway_keys");

    private final ControlStore store;
    private volatile Map<ObjectKind, Instant> oldest = Map.of();

    public StoredKeyAges(ControlStore store) {
        this.store = store;
    }

    /** Kinds of holders, with the name that metrics have for their keys. */
    public static Map<ObjectKind, String> holders() {
        return HOLDERS;
    }

    /** Reads every holder of a key. @throws bulwark.kernel.storage.StoreFailed when the store cannot be read */
    public void look() {
        oldest = store.readAll(PlatformScope.ofProcess(), this::oldest);
    }

    private Map<ObjectKind, Instant> oldest(EveryTenant tx) throws SQLException {
        Instant now = store.clock().instant();
        Map<ObjectKind, Instant> found = new EnumMap<>(ObjectKind.class);
        for (ObjectKind kind : HOLDERS.keySet()) {
            tx.all(kind).stream()
                    .filter(holder -> holder.isIn("active"))
                    .flatMap(holder -> made(holder, now).stream())
                    .min(Instant::compareTo)
                    .ifPresent(first -> found.put(kind, first));
        }
        return found;
    }

    private static Optional<Instant> made(ControlObject holder, Instant now) {
        return ObjectCredential.live(holder, now).stream()
                .map(ObjectCredential::made)
                .min(Instant::compareTo);
    }

    /** Seconds since the oldest key of these holders was made; 0 where they have none. */
    public double seconds(ObjectKind kind) {
        Instant first = oldest.get(kind);
        return first == null
                ? 0
                : Math.max(0, Duration.between(first, store.clock().instant()).toSeconds());
    }
}
