/** The task store in Redis, wire-compatible with Stem 0.2. Every change of more than one key is one script. */
@NullMarked
package bulwark.tasks.redis;

import org.jspecify.annotations.NullMarked;
