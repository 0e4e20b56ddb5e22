/** The identity of the node: manifests, key rotation and dual trust. */
@NullMarked
package bulwark.facts.identity;

import org.jspecify.annotations.NullMarked;
