/** Edges between entities, and the walk along them. */
@NullMarked
package bulwark.facts.graph;

import org.jspecify.annotations.NullMarked;
