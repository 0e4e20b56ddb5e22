/** Carries policies out: what each type decides of a call, and the chain of a route, which is compiled when routes or policies change. */
@NullMarked
package bulwark.gateway.enforcement;

import org.jspecify.annotations.NullMarked;
