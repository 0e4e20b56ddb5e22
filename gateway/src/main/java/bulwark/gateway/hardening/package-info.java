/** The thirteen boxes of the hardening page, each judged by what can be observed of a running gateway and its files. */
@NullMarked
package bulwark.gateway.hardening;

import org.jspecify.annotations.NullMarked;
