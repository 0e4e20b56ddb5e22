package bulwark.facts.node;

import bulwark.kernel.process.PeerProcess;
import bulwark.web.Route;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which processes of our own user may use the owner's routes. Code that a task runs has the same user as the node, and must be able neither to rotate keys nor to
 * mint an admin key: workers and everything that descends from them bear the mark of {@link bulwark.kernel.process.ConfinedStart}, which nothing can take off.
 */
record OwnerProcesses(boolean weAreConfined) {
    /** What the platform's own tasks ask of the node: reading, no keys. */
    private static final Set<String> FOR_TASKS = Set.of("/local/audit/export");

    /** A sentence, or null when the caller is welcome. */
    @Nullable
    String refusal(Optional<PeerProcess> peer, Route route) {
        // Where everybody bears the mark, as in a container with no-new-privileges, it tells nobody apart.
        if (weAreConfined || FOR_TASKS.contains(route.path())) {
            return null;
        }
        if (peer.isEmpty()) {
            return "it cannot be told which process calls: it has ended, or it runs in another PID namespace. Run the"
                    + " command on the node's own host or in its own container";
        }
        return peer.get().confined()
                ? "process " + peer.get().pid()
                        + " was started with no_new_privs, as workers and their programs are, and"
                        + " may not use the owner's commands: run the command from the owner's own shell"
                : null;
    }
}
