/** The hash chain of facts, its checkpoints in the transparency log, and the checks of both. */
@NullMarked
package bulwark.facts.chain;

import org.jspecify.annotations.NullMarked;
