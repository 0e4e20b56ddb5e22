package bulwark.tasks.worker;

import bulwark.tasks.revocations.Revocation;
import bulwark.tasks.revocations.RevocationStore;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What this worker knows of revoked tasks and paused queues: loaded at its start, refreshed, and told by commands. Thread-safe. */
final class RevokedTasks {
    private final RevocationStore store;
    private final String namespace;
    private final Clock clock;
    private final Map<String, Revocation> known = new ConcurrentHashMap<>();

    RevokedTasks(RevocationStore store, String namespace, Clock clock) {
        this.store = store;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** @return those that are new or changed */
    List<Revocation> refresh() {
        Instant now = clock.instant();
        store.prune(namespace, now);
        known.values().removeIf(revocation -> revocation.expired(now));
        return store.list(namespace).stream().filter(this::learn).toList();
    }

    /** Keeps it in the store and here. @return what counts from now on */
    Revocation add(Revocation revocation) {
        Revocation winner = store.upsert(revocation);
        learn(winner);
        return winner;
    }

    private boolean learn(Revocation revocation) {
        Revocation old = known.get(revocation.taskId());
        if (old != null && old.version() >= revocation.version()) {
            return false;
        }
        known.put(revocation.taskId(), revocation);
        return true;
    }

    Optional<Revocation> of(String taskId) {
        Revocation revocation = known.get(taskId);
        return revocation == null || revocation.expired(clock.instant()) ? Optional.empty() : Optional.of(revocation);
    }

    boolean paused(String queue) {
        return !known.isEmpty() && of(Revocation.PAUSE + queue).isPresent();
    }

    List<String> pausedQueues() {
        return known.values().stream()
                .filter(each -> each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(each -> each.taskId().substring(Revocation.PAUSE.length()))
                .sorted()
                .toList();
    }

    /** Task ids, pauses left out. */
    List<String> revoked() {
        return known.values().stream()
                .filter(each -> !each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(Revocation::taskId)
                .sorted()
                .toList();
    }
}
