/** Composition of the fact node: settings, start-up rules, listeners, and offline use of its core. */
@NullMarked
package bulwark.facts.node;

import org.jspecify.annotations.NullMarked;
