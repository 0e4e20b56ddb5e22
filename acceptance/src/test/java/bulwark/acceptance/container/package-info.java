/** The container image, its engine's files, and the container under attack. */
@NullMarked
package bulwark.acceptance.container;

import org.jspecify.annotations.NullMarked;
