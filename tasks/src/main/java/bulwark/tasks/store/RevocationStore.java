package bulwark.tasks.store;

import java.time.Instant;
import java.util.List;

/** Thread-safe; blocks. */
public interface RevocationStore {
    /** @return what is stored afterwards: the given one, or the newer one that was there */
    Revocation upsert(Revocation revocation);

    /** By version, oldest first; expired ones included. */
    List<Revocation> list(String namespace);

    /** @return how many expired ones of this namespace were removed */
    int prune(String namespace, Instant now);
}
