@NullMarked
package bulwark.facts.export;

import org.jspecify.annotations.NullMarked;
