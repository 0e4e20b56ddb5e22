/** The fact node: bodies and parameters of requests, refusals, and their form on the wire. */
@NullMarked
package bulwark.facts;

import org.jspecify.annotations.NullMarked;
