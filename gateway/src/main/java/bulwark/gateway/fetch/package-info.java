/** Small documents that the gateway gets from other servers, from where the address guard lets it connect. */
@NullMarked
package bulwark.gateway.fetch;

import org.jspecify.annotations.NullMarked;
