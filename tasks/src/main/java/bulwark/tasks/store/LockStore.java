package bulwark.tasks.store;

import java.time.Duration;
import java.util.Optional;

/** Locks that end by themselves. Thread-safe; blocks. */
public interface LockStore {
    /** @return false when somebody else holds it; the same owner may take it again and so extends it */
    boolean acquire(String key, String owner, Duration ttl);

    /** @return false when the owner does not hold it (any more) */
    boolean renew(String key, String owner, Duration ttl);

    /** @return false when the owner does not hold it, and then it stays */
    boolean release(String key, String owner);

    Optional<String> ownerOf(String key);
}
