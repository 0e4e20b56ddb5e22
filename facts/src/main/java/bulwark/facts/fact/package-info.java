@NullMarked
package bulwark.facts.fact;

import org.jspecify.annotations.NullMarked;
