/** The signed unit of work: model, wire text, canonical bytes, and the unsigned delivery state beside it. */
@NullMarked
package bulwark.tasks.envelope;

import org.jspecify.annotations.NullMarked;
