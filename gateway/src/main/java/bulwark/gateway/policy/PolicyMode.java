package bulwark.gateway.policy;

/** Whether a policy does what it decides. */
public enum PolicyMode {
    ENFORCE,
    /** It decides, is counted and recorded, and changes nothing. */
    SHADOW
}
