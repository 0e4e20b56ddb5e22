package bulwark.facts.identity;

import bulwark.kernel.keys.KeyRing;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** The two keys of a node. */
public enum KeyKind {
    /** Signs manifests, checkpoints, exports and snapshots; at most a year old. */
    NODE("STIGMEM_NODE_PRIVATE_KEY", Duration.ofDays(365)),
    /** Signs capability tokens; at most 90 days old. */
    ISSUER("STIGMEM_ISSUER_PRIVATE_KEY", Duration.ofDays(90));

    private final String variable;
    private final Duration maxAge;

    KeyKind(String variable, Duration maxAge) {
        this.variable = variable;
        this.maxAge = maxAge;
    }

    /** Name on the command line and in answers. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The setting that may carry its seed. */
    public String variable() {
        return variable;
    }

    /** The age at which it should have been rotated. */
    public Duration maxAge() {
        return maxAge;
    }

    public static Optional<KeyKind> of(String wire) {
        for (KeyKind kind : values()) {
            if (kind.wire().equals(wire)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    KeyRing ring(NodeKeys keys) {
        return this == NODE ? keys.node() : keys.issuer();
    }

    /** The entity whose manifest publishes this key. */
    String entity(String nodeUrl) {
        return this == NODE ? nodeUrl : nodeUrl + "/issuer";
    }
}
