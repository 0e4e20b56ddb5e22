/** The identity stage: one principal for each call, whatever credential the call bears. */
@NullMarked
package bulwark.gateway.caller;

import org.jspecify.annotations.NullMarked;
