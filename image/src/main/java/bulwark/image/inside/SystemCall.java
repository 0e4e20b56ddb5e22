package bulwark.image.inside;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Calls the Linux kernel of x86-64 by number, through the C library's {@code syscall(2)}. For one thread. */
final class SystemCall {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle handle;
    private final MemorySegment state;

    /** @param value what it returned @param errno why it failed, when that is -1 */
    record Result(long value, int errno) {}

    SystemCall(Arena arena) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().findOrThrow("syscall");
        handle = linker.downcallHandle(
                address,
                FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        state = arena.allocate(STATE);
    }

    Result call(long number, long first, long second, long third, long fourth, long fifth) {
        try {
            long value = (long) handle.invokeExact(state, number, first, second, third, fourth, fifth);
            return new Result(value, (int) ERRNO.get(state, 0L));
        } catch (Throwable e) {
            throw new IllegalStateException("the kernel could not be called", e);
        }
    }
}
