package bulwark.kernel.keys;

/** announce → promote → retire. Exactly one key of a ring is CURRENT. */
public enum KeyStatus {
    /** Written and synced, not yet signing. */
    ANNOUNCED,
    /** Signs. */
    CURRENT,
    /** No longer signs; verifies until the end of its window. */
    RETIRING,
    /** Window over: verifies nothing new. */
    RETIRED,
    /** Known or feared to be in other hands: verifies nothing, whatever date a signature bears. */
    DISTRUSTED
}
