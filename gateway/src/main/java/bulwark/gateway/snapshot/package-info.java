/** What a control plane tells a gateway to carry out: routes, keys, plans and revocations of one moment, in one signed document. */
@NullMarked
package bulwark.gateway.snapshot;

import org.jspecify.annotations.NullMarked;
