/** What {@code up} does, whatever the parts are: provision each, start its children, watch over them, and say how to use them. */
@NullMarked
package bulwark.app.up;

import org.jspecify.annotations.NullMarked;
