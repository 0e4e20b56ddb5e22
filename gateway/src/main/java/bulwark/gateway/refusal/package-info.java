/** Every reason for which a gateway answers a call itself, with its stable code, sentence and status, and the one file that writes them in wire form. */
@NullMarked
package bulwark.gateway.refusal;

import org.jspecify.annotations.NullMarked;
