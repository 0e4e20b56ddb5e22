/** Plans of actions on a chain: what would be signed, in canonical JSON, with its digest and the sentence that people read before they approve it. */
@NullMarked
package bulwark.seats.plan;

import org.jspecify.annotations.NullMarked;
