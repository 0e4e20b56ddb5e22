@NullMarked
package bulwark.facts.chain;

import org.jspecify.annotations.NullMarked;
