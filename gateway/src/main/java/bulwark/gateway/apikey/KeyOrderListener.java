package bulwark.gateway.apikey;

import java.time.Instant;

/** Hears what becomes of keys, so that other gateways hear of it. Must not block or throw. */
public interface KeyOrderListener {
    /** For good. @param lookup SHA-256 of the key, hex */
    void revoked(String lookup);

    /** @param suspended false once the key is let in again */
    void suspended(String lookup, boolean suspended);

    /** The key works until then, and no longer. */
    void ends(String lookup, Instant end);
}
