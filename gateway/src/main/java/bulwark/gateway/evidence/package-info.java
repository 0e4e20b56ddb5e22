/** What is recorded of every call, who may read it, and how a record is explained and proved. */
@NullMarked
package bulwark.gateway.evidence;

import org.jspecify.annotations.NullMarked;
