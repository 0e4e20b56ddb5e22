/** The actions of a seat: each looks at the chain, makes a plan that people read and approve, and hands an approved one over to be sent. */
@NullMarked
package bulwark.seats.action;

import org.jspecify.annotations.NullMarked;
