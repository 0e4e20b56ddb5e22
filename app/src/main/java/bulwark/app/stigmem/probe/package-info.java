/** What a fact node must show to somebody outside of it: the tutorial's controls, line by line. */
@NullMarked
package bulwark.app.stigmem.probe;

import org.jspecify.annotations.NullMarked;
