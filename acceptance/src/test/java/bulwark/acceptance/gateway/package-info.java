/** The gateway as a user starts it: killed, confined, changed under load, looked at from outside, and in an incident. */
@NullMarked
package bulwark.acceptance.gateway;

import org.jspecify.annotations.NullMarked;
