/** What gateways carry out, signed as one document with a number that only grows. */
@NullMarked
package bulwark.gateway.control.snapshot;

import org.jspecify.annotations.NullMarked;
