/** Errors that end a command: sentences for the operator and one table of exit codes. */
@org.jspecify.annotations.NullMarked
package bulwark.kernel.error;
