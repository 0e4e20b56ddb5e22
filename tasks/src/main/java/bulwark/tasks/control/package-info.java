/** Commands to running workers and their replies: model, signatures, the asking and the answering side. */
@NullMarked
package bulwark.tasks.control;

import org.jspecify.annotations.NullMarked;
