/** {@code bulwark rotate}: every kind of key of a running deployment, each by the same states. */
@NullMarked
package bulwark.app.rotate;

import org.jspecify.annotations.NullMarked;
