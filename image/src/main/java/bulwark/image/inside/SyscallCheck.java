package bulwark.image.inside;

import java.lang.foreign.Arena;
import java.util.List;

/**
 * Tries, as an attacker inside of the container would, the system calls that lead out of one, and says of each what the kernel answered. Exit code 0 when all are refused with EPERM, which
 * is what the seccomp profile answers, 1 when one is not. The arguments do nothing where a call is let through: pointers are null, descriptors are -1. Numbers are those of x86-64.
 */
public final class SyscallCheck {
    private static final int EPERM = 1;
    private static final long CLONE = 56;
    private static final long EXIT_GROUP = 231;
    private static final long NEW_USER_NAMESPACE = 0x1000_0000L;
    private static final long STREAM = 1;
    private static final long RAW = 3;

    private record Attempt(String name, long number, long first, long second, long third) {}

    private static final List<Attempt> ATTEMPTS = List.of(
            // Other processes.
            of("ptrace", 101, 0, 0),
            of("process_vm_readv", 310, -1, 0),
            of("process_vm_writev", 311, -1, 0),
            of("kcmp", 312, -1, -1),
            of("pidfd_getfd", 438, -1, -1),
            of("process_madvise", 440, -1, 0),
            // Namespaces and file systems.
            of("unshare", 272, NEW_USER_NAMESPACE, 0),
            of("setns", 308, -1, 0),
            of("clone with CLONE_NEWUSER", CLONE, NEW_USER_NAMESPACE, 0),
            of("mount", 165, 0, 0),
            of("umount2", 166, 0, 0),
            of("pivot_root", 155, 0, 0),
            of("chroot", 161, 0, 0),
            of("fsopen", 430, 0, 0),
            of("fsmount", 432, -1, 0),
            of("open_tree", 428, -1, 0),
            of("move_mount", 429, -1, 0),
            of("mount_setattr", 442, -1, 0),
            of("open_by_handle_at", 304, -1, 0),
            of("name_to_handle_at", 303, -1, 0),
            of("mknod", 133, 0, 0),
            of("mknodat", 259, -1, 0),
            of("swapon", 167, 0, 0),
            of("quotactl", 179, 0, 0),
            of("fanotify_init", 300, 0, 0),
            // The kernel itself, and what of it was often at fault.
            of("bpf", 321, -1, 0),
            of("perf_event_open", 298, 0, 0),
            of("keyctl", 250, 0, -3),
            of("add_key", 248, 0, 0),
            of("request_key", 249, 0, 0),
            of("io_uring_setup", 425, 1, 0),
            of("io_uring_enter", 426, -1, 0),
            of("io_uring_register", 427, -1, 0),
            of("userfaultfd", 323, 1, 0),
            of("memfd_secret", 447, 0, 0),
            of("modify_ldt", 154, 0, 0),
            of("personality", 135, 0x0040000, 0),
            of("init_module", 175, 0, 0),
            of("finit_module", 313, -1, 0),
            of("delete_module", 176, 0, 0),
            of("kexec_load", 246, 0, 0),
            of("kexec_file_load", 320, -1, -1),
            of("syslog", 103, 10, 0),
            of("acct", 163, 0, 0),
            of("reboot", 169, 0, 0),
            of("iopl", 172, 3, 0),
            of("ioperm", 173, 0, 1),
            of("vhangup", 153, 0, 0),
            of("lookup_dcookie", 212, 0, 0),
            // Time, names and memory of the machine.
            of("settimeofday", 164, 0, 0),
            of("clock_settime", 227, 0, 0),
            of("clock_adjtime", 305, 0, 0),
            of("sethostname", 170, 0, 0),
            of("setdomainname", 171, 0, 0),
            of("move_pages", 279, 0, 0),
            of("migrate_pages", 256, 0, 0),
            // Kinds of sockets that the node does not speak.
            socket("AF_PACKET", 17, RAW),
            socket("AF_VSOCK", 40, STREAM),
            socket("AF_ALG", 38, 5),
            socket("AF_XDP", 44, RAW),
            socket("AF_BLUETOOTH", 31, RAW),
            socket("AF_CAN", 29, RAW),
            socket("AF_TIPC", 30, STREAM),
            socket("AF_RDS", 21, 5));

    private SyscallCheck() {}

    private static Attempt of(String name, long number, long first, long second) {
        return new Attempt(name, number, first, second, 0);
    }

    private static Attempt socket(String family, long number, long type) {
        return new Attempt("socket of " + family, 41, number, type, 0);
    }

    public static void main(String[] arguments) {
        int open = 0;
        try (Arena arena = Arena.ofConfined()) {
            SystemCall kernel = new SystemCall(arena);
            for (Attempt attempt : ATTEMPTS) {
                SystemCall.Result result =
                        kernel.call(attempt.number, attempt.first, attempt.second, attempt.third, 0, 0);
                if (attempt.number == CLONE && result.value() == 0) {
                    kernel.call(EXIT_GROUP, 0, 0, 0, 0, 0);
                }
                boolean refused = result.value() == -1 && result.errno() == EPERM;
                open += refused ? 0 : 1;
                System.out.println((refused ? "refused  " : "OPEN     ") + attempt.name + ": " + said(result));
            }
        }
        System.out.println(
                open == 0
                        ? "all " + ATTEMPTS.size() + " are refused with EPERM"
                        : open + " of " + ATTEMPTS.size()
                                + " are not refused: is the container run with its seccomp profile?");
        System.exit(open == 0 ? 0 : 1);
    }

    private static String said(SystemCall.Result result) {
        if (result.value() != -1) {
            return "carried out";
        }
        return result.errno() == EPERM ? "EPERM" : "errno " + result.errno();
    }
}
