/**
 * The frame of every command: what it may see of the process, how its options, tables and JSON are written, how it answers {@code --help}, and with which code it ends. Knows no
 * part.
 */
@NullMarked
package bulwark.app.cli;

import org.jspecify.annotations.NullMarked;
