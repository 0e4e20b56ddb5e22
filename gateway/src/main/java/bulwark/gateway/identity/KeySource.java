package bulwark.gateway.identity;

import org.jspecify.annotations.Nullable;

/** The keys of one issuer. Thread-safe. */
public interface KeySource {
    /** May wait for a fetch; called on a virtual thread. @param kid null when the token names none: then an only key is meant */
    KeyLookup find(@Nullable String kid);

    /** Whether any key is known. Never blocks. */
    boolean hasKeys();

    /** Looks whether keys came or went, where it is time to look; called about once a second, so that taking a key back needs no new token. May block. */
    void refresh();
}
