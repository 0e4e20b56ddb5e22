/** What must be true of the chain before a plan is made, approved or handed over: asked of every label, and refused by label and field when it is not. */
@NullMarked
package bulwark.seats.precondition;

import org.jspecify.annotations.NullMarked;
