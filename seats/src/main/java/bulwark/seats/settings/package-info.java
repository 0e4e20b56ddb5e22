/** What an operator can set, and what the settings of one deployment mean together. */
@NullMarked
package bulwark.seats.settings;

import org.jspecify.annotations.NullMarked;
