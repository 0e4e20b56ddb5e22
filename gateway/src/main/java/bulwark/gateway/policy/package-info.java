/** The policies of APIs as data: their types, their one form in JSON, and their rows. What carries them out is the package of enforcement. */
@NullMarked
package bulwark.gateway.policy;

import org.jspecify.annotations.NullMarked;
