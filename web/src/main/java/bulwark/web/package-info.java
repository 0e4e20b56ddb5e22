/** The hardened HTTP edge: listeners, request checks, routing, limits, and the local socket of the owner. */
@NullMarked
package bulwark.web;

import org.jspecify.annotations.NullMarked;
