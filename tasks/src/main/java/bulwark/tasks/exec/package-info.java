/** Tasks that run a program which the owner of the machine named. */
@NullMarked
package bulwark.tasks.exec;

import org.jspecify.annotations.NullMarked;
