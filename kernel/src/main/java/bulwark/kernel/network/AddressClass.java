package bulwark.kernel.network;

/** Whether a server may be told to connect there. The order is by severity. */
enum AddressClass {
    GLOBAL,
    /** Unless the operator allows it. */
    INTERNAL,
    /** Whatever the operator allows: link-local and metadata addresses hand credentials to who can reach them. */
    NEVER
}
