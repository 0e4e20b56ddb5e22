package bulwark.tasks.embedded;

import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.stores.Wakeups;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one process that has the store open. Thread-safe. */
final class Holder implements Link {
    private final Place place;
    private final Pruning pruning;
    private final Map<Class<?>, Object> targets;

    private Holder(Store store, Clock clock) {
        place = new Place(store, clock, new Wakeups());
        QueueNames names = new QueueNames();
        Entries entries = new Entries(names);
        Letters letters = new Letters(place, entries);
        pruning = new Pruning(place, names);
        targets = Map.of(
                QueueCalls.class, new SqliteQueues(place, names, entries, letters),
                LetterCalls.class, letters,
                StatusCalls.class, new SqliteStatuses(place),
                ScheduleCalls.class, new SqliteSchedules(place),
                LockStore.class, new SqliteLocks(place),
                RevocationStore.class, new SqliteRevocations(place),
                RateLimiter.class, new SqliteRates(place),
                Upkeep.class, new SqliteUpkeep(place, pruning));
        pruning.start();
    }

    /** @throws bulwark.kernel.storage.StoreRefused when the store is somebody else's, or must not be touched */
    static Holder open(Path file, Clock clock) {
        return new Holder(Store.open(file, TasksSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE), clock);
    }

    @Override
    public @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        Object target = Objects.requireNonNull(targets.get(method.getDeclaringClass()));
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable thrown = Objects.requireNonNullElse(e.getCause(), e);
            throw thrown instanceof StoreFailed failed
                    ? new BrokerUnavailable(String.valueOf(failed.getMessage()), failed)
                    : thrown;
        }
    }

    static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    /** Everything that can be asked, by name. */
    Map<String, Method> calls() {
        return targets.keySet().stream()
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .collect(Collectors.toUnmodifiableMap(Holder::name, Function.identity()));
    }

    @Override
    public boolean remote() {
        return false;
    }

    @Override
    public void onFatal(Consumer<Throwable> listener) {
        place.store().onFatal(listener);
    }

    /** Those who wait get what there is. */
    void wakeAll() {
        place.wakeups().close();
    }

    @Override
    public void close() {
        wakeAll();
        pruning.close();
        place.store().close();
    }
}
