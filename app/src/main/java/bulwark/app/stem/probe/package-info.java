/** What workers and beats must show to somebody outside of them: that no key, no task. */
@NullMarked
package bulwark.app.stem.probe;

import org.jspecify.annotations.NullMarked;
