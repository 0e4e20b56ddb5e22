@NullMarked
package bulwark.facts.node;

import org.jspecify.annotations.NullMarked;
