package bulwark.kernel.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Lets one thread be another user to the sockets that it connects to, while it opens files as before: so it can be seen whether a peer's user is looked at. Linux only, and only for who may change
 * users. Source: credentials(7). Stateless.
 */
public final class OtherUser {
    private static final long UNCHANGED = -1;
    /** Numbers of the system call setresuid: the function of the C library would change every thread. */
    private static final Map<String, Long> SET_USERS = Map.of("amd64", 117L, "aarch64", 147L);

    private OtherUser() {}

    /**
     * Works as that user, on a thread of its own that ends with the work.
     *
     * @return empty when the system does not let this process change users; then nothing was done
     * @throws Exception of the work
     */
    public static <T> Optional<T> call(int user, Callable<T> work) throws Exception {
        Long number = SET_USERS.get(System.getProperty("os.arch"));
        if (number == null || !ConfinedStart.isLinux()) {
            return Optional.empty();
        }
        CompletableFuture<Optional<T>> done = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().name("other-user").start(() -> {
            try {
                done.complete(changed(number, user, work));
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            thread.interrupt();
        }
    }

    private static <T> Optional<T> changed(long number, int user, Callable<T> work) throws Exception {
        int own = Calls.fileUser((int) UNCHANGED);
        if (!Calls.effectiveUser(number, user)) {
            return Optional.empty();
        }
        try {
            int ignored = Calls.fileUser(own);
            return Optional.of(work.call());
        } finally {
            // The thread ends with this in any case; nobody else ever has its users.
            boolean ignored = Calls.effectiveUser(number, own);
        }
    }

    /** Loaded at first use. */
    private static final class Calls {
        private static final MethodHandle SYSCALL = LinuxCalls.handle(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        private static final MethodHandle SETFSUID =
                LinuxCalls.handle("setfsuid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        static boolean effectiveUser(long number, int user) {
            try {
                return (long) SYSCALL.invokeExact(number, UNCHANGED, (long) user, UNCHANGED) == 0;
            } catch (Throwable e) {
                throw new IllegalStateException("setresuid could not be called", e);
            }
        }

        /** @return who it was before */
        static int fileUser(int user) {
            try {
                return (int) SETFSUID.invokeExact(user);
            } catch (Throwable e) {
                throw new IllegalStateException("setfsuid could not be called", e);
            }
        }
    }
}
