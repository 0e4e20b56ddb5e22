@NullMarked
package bulwark.facts.recall;

import org.jspecify.annotations.NullMarked;
