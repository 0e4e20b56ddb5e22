package bulwark.tasks.broker;

import java.time.Duration;

/**
 * What only one task may hold at a time; a lock of {@link bulwark.tasks.store.LockStore} whose owner is the task's id.
 *
 * @param key as the lock store knows it
 * @param held how long it is held unless the task ends before
 */
public record UniqueLock(String key, Duration held) {}
