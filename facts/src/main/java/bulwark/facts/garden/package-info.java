@NullMarked
package bulwark.facts.garden;

import org.jspecify.annotations.NullMarked;
