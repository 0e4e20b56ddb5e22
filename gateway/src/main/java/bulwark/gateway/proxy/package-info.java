/** The forward path on Netty: listeners, the connections of clients and of upstreams, and what goes between them. Everything of one connection happens on its event loop. */
@NullMarked
package bulwark.gateway.proxy;

import org.jspecify.annotations.NullMarked;
