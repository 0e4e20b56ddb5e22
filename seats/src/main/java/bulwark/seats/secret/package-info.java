/** The two HMAC secrets of a deployment: made, judged and rotated in its file of settings. */
@NullMarked
package bulwark.seats.secret;

import org.jspecify.annotations.NullMarked;
