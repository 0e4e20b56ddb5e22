/** How much a principal may use: token buckets for each dimension, plans of several limits that are taken together, and counts that survive a restart. */
@NullMarked
package bulwark.kernel.quota;

import org.jspecify.annotations.NullMarked;
