@NullMarked
package bulwark.facts.admin;

import org.jspecify.annotations.NullMarked;
