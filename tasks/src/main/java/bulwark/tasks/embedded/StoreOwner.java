package bulwark.tasks.embedded;

import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.store.LockStore;
import bulwark.tasks.store.RateLimiter;
import bulwark.tasks.store.RevocationStore;
import bulwark.tasks.store.WaiterRegistry;
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
final class StoreOwner implements StoreClient {
    private final StoreContext context;
    private final ExpiryPruner pruner;
    private final Map<Class<?>, Object> targets;

    private StoreOwner(Store store, Clock clock) {
        context = new StoreContext(store, clock, new WaiterRegistry());
        QueueTable queueTable = new QueueTable();
        EntryTable entries = new EntryTable(queueTable);
        DeadLetterTable deadLetters = new DeadLetterTable(context, entries);
        pruner = new ExpiryPruner(context, queueTable, ExpiryPruner.INTERVAL);
        targets = Map.of(
                QueueApi.class, new SqliteQueues(context, queueTable, entries, deadLetters),
                DeadLetterApi.class, deadLetters,
                StatusApi.class, new SqliteStatuses(context),
                ScheduleApi.class, new SqliteSchedules(context),
                LockStore.class, new SqliteLocks(context),
                RevocationStore.class, new SqliteRevocations(context),
                RateLimiter.class, new SqliteRates(context),
                MaintenanceApi.class, new StoreFsck(context, pruner));
        store.write(tx -> EntryTable.correctTimes(tx, context.now()));
        pruner.start();
    }

    /** @throws bulwark.kernel.storage.StoreRefused when the store is somebody else's, or must not be touched */
    static StoreOwner open(Path file, Clock clock) {
        return new StoreOwner(Store.open(file, TasksSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE), clock);
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
                .collect(Collectors.toUnmodifiableMap(StoreOwner::name, Function.identity()));
    }

    @Override
    public boolean remote() {
        return false;
    }

    @Override
    public void onFatal(Consumer<Throwable> listener) {
        context.store().onFatal(listener);
    }

    /** Those who wait get what there is. */
    void wakeAll() {
        context.wakeups().close();
    }

    @Override
    public void close() {
        wakeAll();
        pruner.close();
        context.store().close();
    }
}
