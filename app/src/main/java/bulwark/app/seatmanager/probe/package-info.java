/** What a seat manager and its signer must show to somebody outside of them: where the key is, what is refused, and what is kept. */
@NullMarked
package bulwark.app.seatmanager.probe;

import org.jspecify.annotations.NullMarked;
