/** Gardens: groups of members with facts of their own, and the rights of each role. */
@NullMarked
package bulwark.facts.garden;

import org.jspecify.annotations.NullMarked;
