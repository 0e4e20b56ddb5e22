/** One state machine for the rotation of every kind of key: planned, announced, confirmed, promoted, retiring, retired, destroyed. */
@NullMarked
package bulwark.kernel.rotation;

import org.jspecify.annotations.NullMarked;
