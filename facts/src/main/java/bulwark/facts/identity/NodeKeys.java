package bulwark.facts.identity;

import bulwark.kernel.keys.KeyRing;

/** The node's two rings: node signs manifests, checkpoints, exports and snapshots; issuer signs capability tokens. */
public record NodeKeys(KeyRing node, KeyRing issuer) {}
