package bulwark.tasks.embedded;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to the store's owner, which is this process or another one. Thread-safe. */
interface StoreClient extends AutoCloseable {
    @Nullable
    Object call(Method method, Object[] arguments) throws Throwable;

    /** Whether an answer can be lost on the way. */
    boolean remote();

    /** Told when the store is held here and must not be written any more. */
    void onFatal(Consumer<Throwable> listener);

    @Override
    void close();

    /** Names a call that may have to be repeated; empty when it never has to. */
    default String newCallId() {
        return remote() ? UUID.randomUUID().toString() : "";
    }

    /** The interface at the other end of the link. */
    default <T> T as(Class<T> type) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object[] given = arguments == null ? new Object[0] : arguments;
                    return method.getDeclaringClass() == Object.class
                            ? ofObject(self, type, method, given)
                            : call(method, given);
                });
        return type.cast(proxy);
    }

    private static Object ofObject(Object self, Class<?> type, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            default -> type.getSimpleName() + " of the task store";
        };
    }
}
