package bulwark.gateway.identity;

import bulwark.kernel.signing.JsonWebKey;

/** A key of an issuer, until the issuer takes it back: from then on every token that it signed is worth nothing, verified before or not. Thread-safe. */
public final class VerificationKey {
    private final JsonWebKey key;
    private volatile boolean withdrawn;

    VerificationKey(JsonWebKey key) {
        this.key = key;
    }

    JsonWebKey key() {
        return key;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    void withdraw() {
        withdrawn = true;
    }
}
