/** What a gateway must show to somebody outside of it: the hardening page's controls, line by line. */
@NullMarked
package bulwark.app.stoa.probe;

import org.jspecify.annotations.NullMarked;
