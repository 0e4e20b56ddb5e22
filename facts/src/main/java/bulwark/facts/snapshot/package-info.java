@NullMarked
package bulwark.facts.snapshot;

import org.jspecify.annotations.NullMarked;
