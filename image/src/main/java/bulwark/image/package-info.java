/** Makes the container image of the fact node without a container engine: a runtime, a C library, one jar, and nothing that a container does not need. */
@NullMarked
package bulwark.image;

import org.jspecify.annotations.NullMarked;
