@NullMarked
package bulwark.facts.capability;

import org.jspecify.annotations.NullMarked;
