@NullMarked
package bulwark.web;

import org.jspecify.annotations.NullMarked;
