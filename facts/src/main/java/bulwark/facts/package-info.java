@NullMarked
package bulwark.facts;

import org.jspecify.annotations.NullMarked;
