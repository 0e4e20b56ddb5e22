/** The gateway's side of a control plane: fetches its signed snapshots, judges each as a whole, carries it out, and goes on with the last good one alone. */
@NullMarked
package bulwark.gateway.feed;

import org.jspecify.annotations.NullMarked;
