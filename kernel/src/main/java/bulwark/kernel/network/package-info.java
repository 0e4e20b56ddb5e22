/** Where a server may connect to: host names and addresses as attackers write them, judged against public registries, resolved once. */
@NullMarked
package bulwark.kernel.network;

import org.jspecify.annotations.NullMarked;
