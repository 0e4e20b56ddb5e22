/** Turns what Maven built into the program that runs: one jar, its native libraries, its bill of materials. */
@org.jspecify.annotations.NullMarked
package bulwark.app.dist;
