package bulwark.kernel.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalLong;

/** The calls into the C library that Java has no words for. Loaded at first use. Stateless. */
final class LinuxCalls {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    /** {@code struct ucred}: pid, uid, gid. */
    private static final long CREDENTIAL_BYTES = 12;

    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle PRCTL =
            handle("prctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private LinuxCalls() {}

    /** Process that connected the other end of a Unix socket; empty when the kernel does not say, or when it is in another PID namespace. */
    static OptionalLong peerPid(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(CREDENTIAL_BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) CREDENTIAL_BYTES);
            int result = (int) GETSOCKOPT.invokeExact(descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length);
            int pid = credentials.get(ValueLayout.JAVA_INT, 0);
            return result == 0 && pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("getsockopt could not be called", e);
        }
    }

    /** For the calling thread and everything that it starts from now on; cannot be undone. */
    static boolean setNoNewPrivileges() {
        try {
            return (int) PRCTL.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("prctl could not be called", e);
        }
    }

    static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }
}
