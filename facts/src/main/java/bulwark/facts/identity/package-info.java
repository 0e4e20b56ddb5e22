@NullMarked
package bulwark.facts.identity;

import org.jspecify.annotations.NullMarked;
