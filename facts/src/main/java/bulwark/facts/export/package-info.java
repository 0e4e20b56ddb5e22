/** What exports of a node add: the node key and manifests, the store's memory, the owner's route. */
@NullMarked
package bulwark.facts.export;

import org.jspecify.annotations.NullMarked;
