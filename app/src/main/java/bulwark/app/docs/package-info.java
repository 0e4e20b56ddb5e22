/** The reference documents, generated from the tables that the program itself uses. */
@NullMarked
package bulwark.app.docs;

import org.jspecify.annotations.NullMarked;
