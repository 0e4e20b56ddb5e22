package bulwark.tasks.execution;

import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What this worker knows of revoked tasks and paused queues: loaded at its start, refreshed, and updated by commands. Thread-safe. */
public final class RevokedTasks {
    private final RevocationStore store;
    private final String namespace;
    private final Clock clock;
    private final Map<String, Revocation> revocations = new ConcurrentHashMap<>();

    public RevokedTasks(RevocationStore store, String namespace, Clock clock) {
        this.store = store;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** @return those that are new or changed */
    public List<Revocation> refresh() {
        Instant now = clock.instant();
        store.prune(namespace, now);
        revocations.values().removeIf(revocation -> revocation.expired(now));
        return store.list(namespace).stream().filter(this::learn).toList();
    }

    /** Keeps it in the store and here. @return what counts from now on */
    public Revocation add(Revocation revocation) {
        Revocation winner = store.upsert(revocation);
        learn(winner);
        return winner;
    }

    private boolean learn(Revocation revocation) {
        Revocation old = revocations.get(revocation.taskId());
        if (old != null && old.version() >= revocation.version()) {
            return false;
        }
        revocations.put(revocation.taskId(), revocation);
        return true;
    }

    Optional<Revocation> of(String taskId) {
        Revocation revocation = revocations.get(taskId);
        return revocation == null || revocation.expired(clock.instant()) ? Optional.empty() : Optional.of(revocation);
    }

    boolean paused(String queue) {
        return !revocations.isEmpty() && of(Revocation.PAUSE + queue).isPresent();
    }

    public List<String> pausedQueues() {
        return revocations.values().stream()
                .filter(each -> each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(each -> each.taskId().substring(Revocation.PAUSE.length()))
                .sorted()
                .toList();
    }

    /** Task ids, pauses left out. */
    public List<String> revoked() {
        return revocations.values().stream()
                .filter(each -> !each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(Revocation::taskId)
                .sorted()
                .toList();
    }
}
