/** The manifests under {@code deploy/kubernetes}: rendered, read strictly, and judged. */
@NullMarked
package bulwark.acceptance.kubernetes;

import org.jspecify.annotations.NullMarked;
