package bulwark.doctor.client;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which addresses of a target never answered during one visit. After two requests in vain nobody waits for
 * such an address again: a deployment that stands still makes a short visit and not a long one.
 * An address that answered once is asked whatever happens later. Thread-safe.
 */
final class SilentAddresses {
    private static final int MAX_FAILURES = 2;

    private final Set<URI> answered = ConcurrentHashMap.newKeySet();
    private final Map<URI, Integer> failures = new ConcurrentHashMap<>();

    /** @throws IOException when the address is not to be asked any more */
    void check(URI base) throws IOException {
        if (failures.getOrDefault(base, 0) >= MAX_FAILURES && !answered.contains(base)) {
            throw new IOException(base + " let the first requests of this visit wait in vain, and is not asked again");
        }
    }

    void answered(URI base) {
        answered.add(base);
    }

    void silent(URI base) {
        failures.put(base, MAX_FAILURES);
    }

    void failed(URI base) {
        failures.merge(base, 1, Integer::sum);
    }
}
