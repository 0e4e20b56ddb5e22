@NullMarked
package bulwark.facts.graph;

import org.jspecify.annotations.NullMarked;
