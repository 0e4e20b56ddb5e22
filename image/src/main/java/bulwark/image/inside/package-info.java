/** The programs inside of the image, which has no shell: what an operator and the documents call there. */
@NullMarked
package bulwark.image.inside;

import org.jspecify.annotations.NullMarked;
