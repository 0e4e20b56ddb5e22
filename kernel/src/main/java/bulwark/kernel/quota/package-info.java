/** Token buckets for each principal and dimension, kept across restarts. */
@NullMarked
package bulwark.kernel.quota;

import org.jspecify.annotations.NullMarked;
