package bulwark.app.up;

import bulwark.kernel.keys.Expiry;

/** @param what for instance {@code the fact node's certificate} */
public record NamedExpiry(String what, Expiry expiry) {}
