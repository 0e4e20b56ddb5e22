/** What bodies and answers of the control plane may hold: declared once, checked by it, and told by it in the OpenAPI document. */
@NullMarked
package bulwark.gateway.control.schema;

import org.jspecify.annotations.NullMarked;
